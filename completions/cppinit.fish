# Completion for cppinit(1). Made by completions/generate.cpp; `./dev completions` makes it anew.

# What arrives and is forwarded; a value may also be one of KILL, STOP and CHLD.
set -g __cppinit_signals HUP INT QUIT ILL TRAP ABRT BUS FPE USR1 SEGV USR2 PIPE ALRM TERM STKFLT CONT TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS RTMIN RTMIN+1 RTMIN+2 RTMIN+3 RTMIN+4 RTMIN+5 RTMIN+6 RTMIN+7 RTMIN+8 RTMIN+9 RTMIN+10 RTMIN+11 RTMIN+12 RTMIN+13 RTMIN+14 RTMIN+15 RTMAX-14 RTMAX-13 RTMAX-12 RTMAX-11 RTMAX-10 RTMAX-9 RTMAX-8 RTMAX-7 RTMAX-6 RTMAX-5 RTMAX-4 RTMAX-3 RTMAX-2 RTMAX-1 RTMAX

# The program and its arguments up to the cursor. Fails where the cursor is still among the options.
function __cppinit_program
    set -l words (commandline -opc) (commandline -ct)
    set -e words[1]
    while set -q words[2]
        switch $words[1]
            case --
                set -e words[1]
                break
            case --rewrite --parent-death --stop-delay --kill-after --leftovers --grace --remap-exit --log-format
                set -e words[1]
            case '-?*'
                if string match -qr -- '^-[gcasPvqwhVLl]*[rpdkte]$' $words[1]
                    set -e words[1]
                end
            case '*'
                break
        end
        set -e words[1]
    end
    set -q words[1]; and not string match -q -- '-*' $words[1]; and printf '%s\n' $words
end

function __cppinit_rewrites
    set -l from (commandline -ct | string replace -r -- '^(--rewrite=|-[a-zA-Z]*?r)' '' | string match -r -- '^[^:]+:')
    if set -q from[1]
        printf '%s\n' $from$__cppinit_signals {$from}KILL {$from}STOP {$from}none
    else
        printf '%s\n' $__cppinit_signals:
    end
end

complete -c cppinit -f
complete -c cppinit -n __cppinit_program -a '(__fish_complete_subcommand --commandline (__cppinit_program))'
complete -c cppinit -n 'not __cppinit_program' -s g -l group -d 'forward signals to PROGRAM\'s group (cppinit: default)'
complete -c cppinit -n 'not __cppinit_program' -s c -l single-child -d 'forward signals to PROGRAM alone'
complete -c cppinit -n 'not __cppinit_program' -s a -l all -d 'forward signals to all under cppinit'
complete -c cppinit -n 'not __cppinit_program' -s r -l rewrite -x -a '(__cppinit_rewrites)' -d 'forward TO for FROM, 0: nothing; repeatable'
complete -c cppinit -n 'not __cppinit_program' -s s -l subreaper -d 'insist on subreaping'
complete -c cppinit -n 'not __cppinit_program' -s p -l parent-death -x -a "$__cppinit_signals KILL STOP CHLD" -d 'get SIGNAL when the parent dies'
complete -c cppinit -n 'not __cppinit_program' -s K -l kill-child -a "$__cppinit_signals KILL STOP CHLD" -d 'PROGRAM gets SIGNAL (KILL) when cppinit dies'
complete -c cppinit -n 'not __cppinit_program' -s d -l stop-delay -x -a infinity -d 'hold the first stop signal so long'
complete -c cppinit -n 'not __cppinit_program' -s k -l kill-after -x -a infinity -d 'so long after it, KILL what signals go to'
complete -c cppinit -n 'not __cppinit_program' -l leftovers -x -a 'terminate wait leave' -d 'at the end terminate (default), wait or leave'
complete -c cppinit -n 'not __cppinit_program' -s t -l grace -x -a infinity -d 'how long terminate waits to KILL (5s)'
complete -c cppinit -n 'not __cppinit_program' -s e -l remap-exit -x -d 'exit with NEW (0) instead of CODE; repeatable'
complete -c cppinit -n 'not __cppinit_program' -s P -l pause -d 'no program: reap, exit 0 at a stop signal'
complete -c cppinit -n 'not __cppinit_program' -s v -l verbose -d 'say more; repeatable'
complete -c cppinit -n 'not __cppinit_program' -s q -l quiet -d 'errors alone'
complete -c cppinit -n 'not __cppinit_program' -s w -l warn-on-reap -d 'warn of reaped orphans'
complete -c cppinit -n 'not __cppinit_program' -l log-format -x -a 'text json' -d 'log as text (default) or json'
complete -c cppinit -n 'not __cppinit_program' -s h -l help -d 'this page'
complete -c cppinit -n 'not __cppinit_program' -s V -l version -d 'the version'
complete -c cppinit -n 'not __cppinit_program' -s L -s l -l license -d 'the license'
