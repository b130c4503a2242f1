# Completion for cppinit(1). Made by completions/generate.cpp; `./dev completions` makes it anew.
# shellcheck shell=bash

_cppinit() {
    local options signals i word option value program kind choices
    options='-c --single-child -r --rewrite -k --kill-after -t --grace -T --timeout -g --group -a --all --stop-signals -d --stop-delay --leftovers -e --remap-exit -s --subreaper -p --parent-death -K --kill-child --kill-child= -P --pause -v --verbose -q --quiet -w --warn-on-reap --log-format --report --ps -h --help -V --version -L -l --license'
    # What arrives and is forwarded; a value may also be one of KILL, STOP and CHLD.
    signals='HUP INT QUIT ILL TRAP ABRT BUS FPE USR1 SEGV USR2 PIPE ALRM TERM STKFLT CONT TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS RTMIN RTMIN+1 RTMIN+2 RTMIN+3 RTMIN+4 RTMIN+5 RTMIN+6 RTMIN+7 RTMIN+8 RTMIN+9 RTMIN+10 RTMIN+11 RTMIN+12 RTMIN+13 RTMIN+14 RTMIN+15 RTMAX-14 RTMAX-13 RTMAX-12 RTMAX-11 RTMAX-10 RTMAX-9 RTMAX-8 RTMAX-7 RTMAX-6 RTMAX-5 RTMAX-4 RTMAX-3 RTMAX-2 RTMAX-1 RTMAX'

    # bash takes words apart at "=" and ":". Here they are whole; starts has the place of each in COMP_WORDS.
    local words=() starts=()
    for ((i = 0; i <= COMP_CWORD; ++i)); do
        if ((i > 1)) && [[ ${COMP_WORDS[i]} == [=:]* || ${COMP_WORDS[i - 1]} == [=:]* ]]; then
            words[-1]+=${COMP_WORDS[i]}
        else
            words+=("${COMP_WORDS[i]}")
            starts+=("$i")
        fi
    done
    local last=$((${#words[@]} - 1))

    option='' value='' program=''
    for ((i = 1; i <= last; ++i)); do
        word=${words[i]}
        if [[ -n $option ]]; then
            # The value of the option before it.
            if ((i == last)); then value=$word; else option=''; fi
        elif [[ $word == -- ]] && ((i < last)); then
            program=$((i + 1))
            break
        elif [[ $word == --*=* ]]; then
            if ((i == last)); then option=${word%%=*} value=${word#*=}; fi
        elif [[ $word == --* ]]; then
            case $word in
                --rewrite | --kill-after | --grace | --timeout | --stop-signals | --stop-delay | --leftovers | --remap-exit | --parent-death | --log-format | --report) if ((i < last)); then option=$word; fi ;;
            esac
        elif [[ $word =~ ^-[cgasPvqwhVLl]*([rktTdepK])(.*)$ ]]; then
            if [[ -n ${BASH_REMATCH[2]} ]]; then
                if ((i == last)); then option=-${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}; fi
            elif [[ ${BASH_REMATCH[1]} == [rktTdep] ]] && ((i < last)); then
                option=-${BASH_REMATCH[1]}
            fi
        elif [[ $word != -* ]]; then
            program=$i
            break
        fi
    done

    if [[ -n $program ]]; then
        if declare -F _comp_command_offset >/dev/null; then
            _comp_command_offset "${starts[program]}"
        elif declare -F _command_offset >/dev/null; then
            _command_offset "${starts[program]}"
        elif ((program == last)); then
            mapfile -t COMPREPLY < <(compgen -c -- "${words[last]}")
        else
            # Without bash-completion nothing is known about the program: its arguments may be files.
            COMPREPLY=()
            compopt -o default
        fi
        return
    fi

    kind='' choices=''
    case $option in
        '') choices=$options value=${words[last]} ;;
        -r | --rewrite) kind='FROM:TO' ;;
        -k | --kill-after) kind='DURATION' ;;
        -t | --grace) kind='DURATION' ;;
        -T | --timeout) kind='DURATION' ;;
        --stop-signals) kind='LIST' ;;
        -d | --stop-delay) kind='DURATION' ;;
        --leftovers) kind='POLICY' ;;
        -e | --remap-exit) kind='CODE[:NEW]' ;;
        -p | --parent-death) kind='SIGNAL' ;;
        -K | --kill-child) kind='SIGNAL' ;;
        --log-format) kind='FORMAT' ;;
        --report) kind='FILE' ;;
    esac
    case $kind in
        SIGNAL) choices="$signals KILL STOP CHLD" ;;
        LIST) choices=$signals value=${value##*,} ;;
        FROM:TO)
            if [[ $value == *:* ]]; then
                choices="$signals KILL STOP none" value=${value#*:}
            else
                choices="${signals// /: }:"
            fi
            ;;
        DURATION) choices=infinity ;;
        POLICY) choices='terminate wait leave' ;;
        FORMAT) choices='text json' ;;
    esac
    if [[ $kind == FILE ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$value")
    else
        mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$value")
        # More can follow.
        if [[ $kind == LIST || ${COMPREPLY[0]} == *[=:] ]]; then compopt -o nospace; fi
    fi

    # What bash is to put in the place of the last piece alone.
    local before=${words[last]%"$value"} kept=${words[last]}
    if [[ ${COMP_WORDS[COMP_CWORD]} != [=:]* ]]; then kept=${kept%"${COMP_WORDS[COMP_CWORD]}"}; fi
    COMPREPLY=("${COMPREPLY[@]/#/"$before"}")
    COMPREPLY=("${COMPREPLY[@]#"$kept"}")
}

complete -F _cppinit cppinit
