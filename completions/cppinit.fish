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
            case --rewrite --kill-after --grace --timeout --stop-signals --stop-delay --leftovers --remap-exit --parent-death --log-format --report
                set -e words[1]
            case -
                break
            case '-*'
                if string match -qr -- '^-[cgasPvqwhVLl]*[rktTdep]$' $words[1]
                    set -e words[1]
                end
            case '*'
                break
        end
        set -e words[1]
    end
    set -q words[1]; and not string match -q -- '-*' $words[1]; and printf '%s\n' $words
end

function __cppinit_signal_list
    set -l before (commandline -ct | string replace -r -- '^--stop-signals=' '' | string match -r -- '^.*,')
    if set -q before[1]
        printf '%s\n' $before$__cppinit_signals
    else
        printf '%s\n' $__cppinit_signals
    end
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
complete -c cppinit -n 'not __cppinit_program' -s c -l single-child -d 'Forward signals only to PROGRAM'
complete -c cppinit -n 'not __cppinit_program' -s r -l rewrite -x -a '(__cppinit_rewrites)' -d 'When FROM arrives, forward TO instead'
complete -c cppinit -n 'not __cppinit_program' -s k -l kill-after -x -a infinity -d 'Send KILL this long after forwarding the first stop signal'
complete -c cppinit -n 'not __cppinit_program' -s t -l grace -x -a infinity -d 'When PROGRAM has ended, give remaining processes this long before they get KILL'
complete -c cppinit -n 'not __cppinit_program' -s T -l timeout -x -a infinity -d 'Stop PROGRAM if it runs longer than this, and exit with 124'
complete -c cppinit -n 'not __cppinit_program' -s g -l group -d 'Forward signals to PROGRAM\'s process group'
complete -c cppinit -n 'not __cppinit_program' -s a -l all -d 'Forward signals to every process under cppinit'
complete -c cppinit -n 'not __cppinit_program' -l stop-signals -x -a '(__cppinit_signal_list)' -d 'Treat these signals, separated by commas, as requests to stop'
complete -c cppinit -n 'not __cppinit_program' -s d -l stop-delay -x -a infinity -d 'Wait this long before forwarding the first stop signal'
complete -c cppinit -n 'not __cppinit_program' -l leftovers -x -a 'terminate wait leave' -d 'Choose what happens to processes that PROGRAM leaves behind'
complete -c cppinit -n 'not __cppinit_program' -s e -l remap-exit -x -d 'Exit with NEW (0 unless given) where the exit code would be CODE'
complete -c cppinit -n 'not __cppinit_program' -s s -l subreaper -d 'Fail if cppinit cannot become a child subreaper'
complete -c cppinit -n 'not __cppinit_program' -s p -l parent-death -x -a "$__cppinit_signals KILL STOP CHLD" -d 'When cppinit\'s parent dies, act as if SIGNAL had arrived'
complete -c cppinit -n 'not __cppinit_program' -s K -l kill-child -a "$__cppinit_signals KILL STOP CHLD" -d 'When cppinit dies, the kernel sends SIGNAL (KILL unless given) to PROGRAM'
complete -c cppinit -n 'not __cppinit_program' -s P -l pause -d 'Start no program: reap orphans, and exit with 0 on a stop signal'
complete -c cppinit -n 'not __cppinit_program' -s v -l verbose -d 'Log more than warnings and errors'
complete -c cppinit -n 'not __cppinit_program' -s q -l quiet -d 'Log only errors'
complete -c cppinit -n 'not __cppinit_program' -s w -l warn-on-reap -d 'Log a warning for each orphan that is reaped'
complete -c cppinit -n 'not __cppinit_program' -l log-format -x -a 'text json' -d 'Write log lines as \'text\' or as \'json\''
complete -c cppinit -n 'not __cppinit_program' -l report -r -F -d 'At the end, write a JSON report about the run to FILE'
complete -c cppinit -n 'not __cppinit_program' -l ps -d 'Print a tree of the processes in this PID namespace'
complete -c cppinit -n 'not __cppinit_program' -s h -l help -d 'Print this help'
complete -c cppinit -n 'not __cppinit_program' -s V -l version -d 'Print the version'
complete -c cppinit -n 'not __cppinit_program' -s L -s l -l license -d 'Print the license'
