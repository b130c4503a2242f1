#include "core/signals.h"

#include "core/text.h"

namespace core {
namespace {

struct Name {
    std::uint8_t signal;
    // An array, not a pointer: the table then needs no relocation and stays in pages that all inits share.
    char text[7];
};

// The first name of a signal is the one that messages show.
constexpr Name names[] = {
    {SIGHUP, "HUP"},       {SIGINT, "INT"},       {SIGQUIT, "QUIT"}, {SIGILL, "ILL"},     {SIGTRAP, "TRAP"},
    {SIGABRT, "ABRT"},     {SIGIOT, "IOT"},       {SIGBUS, "BUS"},   {SIGFPE, "FPE"},     {SIGKILL, "KILL"},
    {SIGUSR1, "USR1"},     {SIGSEGV, "SEGV"},     {SIGUSR2, "USR2"}, {SIGPIPE, "PIPE"},   {SIGALRM, "ALRM"},
    {SIGTERM, "TERM"},     {SIGCHLD, "CHLD"},     {SIGCHLD, "CLD"},  {SIGCONT, "CONT"},   {SIGSTOP, "STOP"},
    {SIGTSTP, "TSTP"},     {SIGTTIN, "TTIN"},     {SIGTTOU, "TTOU"}, {SIGURG, "URG"},     {SIGXCPU, "XCPU"},
    {SIGXFSZ, "XFSZ"},     {SIGVTALRM, "VTALRM"}, {SIGPROF, "PROF"}, {SIGWINCH, "WINCH"}, {SIGPOLL, "POLL"},
    {SIGIO, "IO"},         {SIGPWR, "PWR"},       {SIGSYS, "SYS"},
#ifdef SIGSTKFLT
    {SIGSTKFLT, "STKFLT"},
#endif
#ifdef SIGEMT
    {SIGEMT, "EMT"},
#endif
};

constexpr std::string_view rtmin = "RTMIN";
constexpr std::string_view rtmax = "RTMAX";

bool starts_with_ignoring_case(std::string_view word, std::string_view prefix) {
    return equal_ignoring_case(word.substr(0, prefix.size()), prefix);
}

/// RTMIN, RTMIN+n and RTMAX, RTMAX-n.
std::optional<int> parse_real_time(std::string_view word) {
    const bool from_first = starts_with_ignoring_case(word, rtmin);
    if (!from_first && !starts_with_ignoring_case(word, rtmax)) return std::nullopt;
    word.remove_prefix(rtmin.size());
    if (word.empty()) return from_first ? first_real_time_signal : last_signal;

    const char sign = word.front();
    word.remove_prefix(1);
    const auto distance = parse_number(word, last_signal - first_real_time_signal);
    if (!distance || sign != (from_first ? '+' : '-')) return std::nullopt;
    return from_first ? first_real_time_signal + *distance : last_signal - *distance;
}

}  // namespace

std::optional<int> parse_signal(std::string_view word) {
    if (const auto number = parse_number(word, last_signal)) {
        return *number == 0 ? std::nullopt : number;
    }
    if (starts_with_ignoring_case(word, "SIG")) word.remove_prefix(3);
    for (const Name& name : names) {
        if (equal_ignoring_case(word, text_of(name.text))) return name.signal;
    }
    return parse_real_time(word);
}

SignalName::SignalName(int signal) {
    TextWriter text(text_.data(), text_.size());
    // The lower half counts from RTMIN and the upper half back from RTMAX, as `kill -l` of bash lists them.
    constexpr int middle = (first_real_time_signal + last_signal) / 2;
    if (signal > middle) {
        text.add(rtmax);
        if (signal < last_signal) text.add(signal - last_signal);
    } else if (signal >= first_real_time_signal) {
        text.add(rtmin);
        if (signal > first_real_time_signal) text.add("+").add(signal - first_real_time_signal);
    } else {
        for (const Name& name : names) {
            if (name.signal != signal) continue;
            text.add(text_of(name.text));
            break;
        }
        if (text.view().empty()) text.add(signal);
    }
    size_ = text.view().size();
}

}  // namespace core
