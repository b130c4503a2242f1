// Measures inits beside each other, in one run and in turns, and prints what it found as Markdown.
//
//     bench full|quick PROGRAMS NOTHING FIXTURE DATA NAME=PATH...
//
// PROGRAMS, NOTHING and FIXTURE are programs to run under the inits. The figures go into the file DATA as well, for a
// plot. The first init is the limit, the second cppinit, the others are its peers. As root, for PID namespaces.

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

namespace {

using namespace support;

// ---- how much is measured ----

struct Effort {
    int starts;
    int density_inits, density_rounds;
    int storm_orphans, storm_rounds;
    int signals, signal_rounds;
    int delayed_signals, delay_rounds;
    int idle_seconds;
    int leftovers;
    int traced_orphans;
};

constexpr Effort full{.starts = 4000,
                      .density_inits = 1000,
                      .density_rounds = 5,
                      .storm_orphans = 20000,
                      .storm_rounds = 15,
                      .signals = 1000,
                      .signal_rounds = 60,
                      .delayed_signals = 300,
                      .delay_rounds = 5,
                      .idle_seconds = 10,
                      .leftovers = 300,
                      .traced_orphans = 10000};
constexpr Effort quick{.starts = 10,
                       .density_inits = 10,
                       .density_rounds = 1,
                       .storm_orphans = 300,
                       .storm_rounds = 1,
                       .signals = 50,
                       .signal_rounds = 1,
                       .delayed_signals = 10,
                       .delay_rounds = 1,
                       .idle_seconds = 1,
                       .leftovers = 3,
                       .traced_orphans = 200};

// ---- the inits and the figures ----

constexpr int most_inits = 8;
constexpr int limit = 0;
constexpr int cppinit = 1;
// Not an init: the program alone, to know what it takes of its own.
constexpr int nobody = -1;

struct Init {
    const char* name;
    const char* path;
    /// What it needs to adopt orphans where it is not PID 1.
    const char* option;
};

Init inits[most_inits];
int init_count = 0;
Effort effort;
const char* programs;
const char* nothing;
const char* fixture;

struct Row {
    const char* name;
    const char* unit;
    int decimals;
    const char* meaning;
    double values[most_inits];
};

enum RowName {
    file_size,
    start_time,
    start_faults,
    start_calls,
    resident,
    private_dirty,
    page_tables,
    density_pss,
    density_available,
    orphan_time,
    most_zombies,
    orphan_calls,
    burst_calls,
    latency_median,
    latency_high,
    delay_median,
    delay_longest,
    signal_calls,
    wakeups,
    end_time,
    row_count
};

Row rows[] = {
    {"File size", "bytes", 0, "the executable, without the libraries that it loads", {}},
    {"Start-up",
     "µs",
     1,
     "from spawning the init to its exit, with a static `int main() {}` as its program; median of all runs",
     {}},
    {"Page faults of a start", "", 0, "minor faults of the init and its program together (getrusage); median", {}},
    {"System calls of a start", "", 0, "of the init alone, from exec to exit (strace -c)", {}},
    {"Resident, idle", "kB", 0, "Rss of /proc/PID/smaps_rollup, with an empty environment and no random addresses", {}},
    {"Private dirty, idle", "kB", 0, "memory that no other process shares, measured in the same way", {}},
    {"Page tables, idle", "kB", 0, "VmPTE of /proc/PID/status, measured in the same way", {}},
    {"Memory of many, by Pss",
     "kB",
     1,
     "with 1,000 idle inits at once: the sum of their Pss, divided by their number",
     {}},
    {"Memory of many, by MemAvailable",
     "kB",
     1,
     "with 1,000 idle inits at once: how much less memory the machine has than with only their programs, divided by "
     "their number; this includes the kernel's own structures",
     {}},
    {"CPU time per orphan",
     "µs",
     2,
     "the init's CPU clock, as PID 1, in a storm: two processes leave 20,000 orphans, which end at once; median of 15 "
     "storms, 300,000 orphans",
     {}},
    {"Zombies, maximum",
     "",
     0,
     "the maximum number of children that the init had in such a storm, sampled twice per millisecond; median",
     {}},
    {"System calls per orphan, alone",
     "",
     2,
     "as a subreaper, with orphans that end one after another, each when the one before has been reaped (strace -c)",
     {}},
    {"System calls per orphan, in a burst",
     "",
     3,
     "as a subreaper, with 10,000 orphans that end at the same moment (strace -c)",
     {}},
    {"Signal latency, median",
     "µs",
     1,
     "from kill(2), which sends USR1 to the init, until its program has received it; the init and the program share "
     "one core, so that no core has to be woken",
     {}},
    {"Signal latency, 99th percentile", "µs", 1, "the same", {}},
    {"Signal delay in a storm, median",
     "µs",
     0,
     "the same, as PID 1 and on all cores, while two processes keep leaving orphans",
     {}},
    {"Signal delay in a storm, longest",
     "µs",
     0,
     "the same; the longest delay of each round, and the median of these",
     {}},
    {"System calls per signal", "", 2, "for a forwarded USR1 (strace -c)", {}},
    {"Wake-ups while idle", "in 10 s", 0, "context switches", {}},
    {"End of the last leftover to exit",
     "µs",
     1,
     "the main child has ended, and a leftover has received TERM and ends 10 ms later: from its end to the init's. The "
     "peers do not wait for leftovers",
     {}},
};
static_assert(sizeof rows / sizeof *rows == row_count);

int compare(const void* left, const void* right) {
    const double a = *static_cast<const double*>(left);
    const double b = *static_cast<const double*>(right);
    return a < b ? -1 : a > b;
}

/// Numbers of which a percentile is wanted.
class Samples {
  public:
    void add(double value) {
        if (count_ == capacity_) {
            capacity_ = capacity_ == 0 ? 64 : 2 * capacity_;
            values_ = static_cast<double*>(realloc(values_, capacity_ * sizeof(double)));
            if (values_ == nullptr) fail("realloc");
        }
        values_[count_++] = value;
    }

    double percentile(int percent) {
        if (count_ == 0) return NAN;
        qsort(values_, count_, sizeof(double), compare);
        const size_t place = count_ * static_cast<size_t>(percent) / 100;
        return values_[place < count_ ? place : count_ - 1];
    }
    double median() { return percentile(50); }

  private:
    double* values_ = nullptr;
    size_t count_ = 0;
    size_t capacity_ = 0;
};

/// Of each init.
using SamplesOfEach = Samples[most_inits];

void set_medians(RowName row, SamplesOfEach& samples) {
    for (int i = 0; i < init_count; ++i) rows[row].values[i] = samples[i].median();
}

// ---- running an init ----

struct Where {
    bool pid_namespace = false;
    bool fixed_addresses = false;
    bool one_core = false;
};

/// An init with its program, and the two ends of the program's input and output.
struct Running {
    pid_t pid;
    int input;
    int output;
};

constexpr int most_words = 16;

/// The words that run PROGRAM... under the init, with nullptr at the end.
struct Words {
    const char* list[most_words];
    int count = 0;

    void add(const char* word) { list[count++] = word; }
};

Words command(int init, const char* const* program) {
    Words words;
    if (init != nobody) {
        words.add(inits[init].path);
        if (inits[init].option != nullptr) words.add(inits[init].option);
    }
    for (; *program != nullptr; ++program) words.add(*program);
    words.add(nullptr);
    return words;
}

[[noreturn]] void execute(const Words& words) {
    const char* const no_environment[] = {nullptr};
    execve(words.list[0], const_cast<char* const*>(words.list), const_cast<char* const*>(no_environment));
    fail(words.list[0]);
}

Running start(const Words& words, Where where = {}) {
    int input[2];
    int output[2];
    if (pipe2(input, O_CLOEXEC) < 0 || pipe2(output, O_CLOEXEC) < 0) fail("pipe2");
    const unsigned long flags = SIGCHLD | (where.pid_namespace ? static_cast<unsigned long>(CLONE_NEWPID) : 0UL);
    const pid_t pid = static_cast<pid_t>(syscall(SYS_clone, flags, nullptr, nullptr, nullptr, 0UL));
    if (pid < 0) fail("clone");
    if (pid == 0) {
        dup2(input[0], STDIN_FILENO);
        dup2(output[1], STDOUT_FILENO);
        if (where.fixed_addresses) personality(ADDR_NO_RANDOMIZE);
        if (where.one_core) {
            cpu_set_t first;
            CPU_ZERO(&first);
            CPU_SET(0, &first);
            sched_setaffinity(0, sizeof first, &first);
        }
        execute(words);
    }
    close(input[0]);
    close(output[1]);
    return {pid, input[1], output[0]};
}

Running start(int init, const char* const* program, Where where = {}) {
    return start(command(init, program), where);
}

void read_exactly(int descriptor, void* buffer, size_t size) {
    char* place = static_cast<char*>(buffer);
    while (size > 0) {
        const ssize_t got = read(descriptor, place, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) fail("a program under an init ended too early");
        place += got;
        size -= static_cast<size_t>(got);
    }
}

void expect(int descriptor, char expected) {
    char byte;
    read_exactly(descriptor, &byte, 1);
    if (byte != expected) fail("a program under an init said something else");
}

void begin(const Running& running) {
    if (write(running.input, "g", 1) != 1) fail("write");
}

void finish(const Running& running) {
    close(running.input);
    while (waitpid(running.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    close(running.output);
}

void kill_all(const Running* running, int count) {
    for (int i = 0; i < count; ++i) {
        kill(running[i].pid, SIGKILL);
        finish(running[i]);
    }
    // The programs of the inits, which end with them.
    while (waitpid(-1, nullptr, 0) > 0) {
    }
}

// ---- what the kernel says ----

long context_switches(pid_t pid) {
    return number_of(pid, "status", "voluntary_ctxt_switches:") +
           number_of(pid, "status", "nonvoluntary_ctxt_switches:");
}

/// Until it sleeps and goes on sleeping: its start, and whatever it does at first, is over.
void await_idle(pid_t pid) {
    for (long before = -1, now; (now = context_switches(pid)) != before; before = now) usleep(20000);
}

int children_of(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) fail(path);
    int count = 0;
    char text[65536];
    for (ssize_t got; (got = read(file, text, sizeof text)) > 0;) {
        for (ssize_t i = 0; i < got; ++i) count += text[i] == ' ';
    }
    close(file);
    return count;
}

// ---- the measurements ----

void measure_file_size() {
    for (int i = 0; i < init_count; ++i) {
        struct stat status;
        if (stat(inits[i].path, &status) < 0) fail(inits[i].path);
        rows[file_size].values[i] = static_cast<double>(status.st_size);
    }
}

void shuffle(int* order) {
    for (int last = init_count - 1; last > 0; --last) {
        const int other = rand() % (last + 1);
        const int held = order[last];
        order[last] = order[other];
        order[other] = held;
    }
}

/// How long it took, in nanoseconds. A function of its own, with nothing in it that a vfork could leave changed.
[[gnu::noinline]] int64_t run_to_end(const Words& words, rusage& usage) {
    const int64_t before = nanoseconds();
    const pid_t pid = vfork();
    if (pid == 0) execute(words);
    if (wait4(pid, nullptr, 0, &usage) != pid) fail("wait4");
    return nanoseconds() - before;
}

void measure_start() {
    SamplesOfEach times;
    SamplesOfEach faults;
    const char* const program[] = {nothing, nullptr};
    int order[most_inits];
    for (int i = 0; i < init_count; ++i) order[i] = i;
    for (int round = 0; round < effort.starts; ++round) {
        // Whoever comes after a large program finds the caches cold: each comes after each other equally often.
        shuffle(order);
        for (int place = 0; place < init_count; ++place) {
            const int i = order[place];
            const Words words = command(i, program);
            rusage usage;
            times[i].add(static_cast<double>(run_to_end(words, usage)) / 1000);
            faults[i].add(static_cast<double>(usage.ru_minflt));
        }
    }
    set_medians(start_time, times);
    set_medians(start_faults, faults);
}

void measure_idle() {
    const char* const program[] = {programs, "idle", nullptr};
    Running running[most_inits];
    for (int i = 0; i < init_count; ++i) {
        running[i] = start(i, program, {.fixed_addresses = true});
        expect(running[i].output, 'r');
    }
    long before[most_inits];
    for (int i = 0; i < init_count; ++i) {
        const pid_t pid = running[i].pid;
        await_idle(pid);
        rows[resident].values[i] = static_cast<double>(number_of(pid, "smaps_rollup", "Rss:"));
        rows[private_dirty].values[i] = static_cast<double>(number_of(pid, "smaps_rollup", "Private_Dirty:"));
        rows[page_tables].values[i] = static_cast<double>(number_of(pid, "status", "VmPTE:"));
        before[i] = context_switches(pid);
    }
    sleep(static_cast<unsigned>(effort.idle_seconds));
    for (int i = 0; i < init_count; ++i) {
        const long times = context_switches(running[i].pid) - before[i];
        rows[wakeups].values[i] = static_cast<double>(times) * 10 / effort.idle_seconds;
    }
    kill_all(running, init_count);
}

struct Density {
    double pss_kb;
    double available_kb;
};

/// What processes leave is free only some time after their end: counted too early, it would be taken for a gain of
/// those that run now.
long settled_memory() {
    long now = number_in("/proc/meminfo", "MemAvailable:");
    for (int tries = 40; tries > 0; --tries) {
        const long before = now;
        usleep(50000);
        now = number_in("/proc/meminfo", "MemAvailable:");
        if (labs(now - before) < 256) break;
    }
    return now;
}

Density density_of(int init) {
    const char* const program[] = {programs, "idle", nullptr};
    Running* const running = static_cast<Running*>(calloc(static_cast<size_t>(effort.density_inits), sizeof(Running)));
    const long before = settled_memory();
    for (int i = 0; i < effort.density_inits; ++i) {
        running[i] = start(init, program);
        expect(running[i].output, 'r');
    }
    await_idle(running[effort.density_inits - 1].pid);
    const long after = settled_memory();
    long pss = 0;
    for (int i = 0; i < effort.density_inits; ++i) pss += number_of(running[i].pid, "smaps_rollup", "Pss:");
    kill_all(running, effort.density_inits);
    free(running);
    return {static_cast<double>(pss) / effort.density_inits,
            static_cast<double>(before - after) / effort.density_inits};
}

void measure_density() {
    SamplesOfEach pss;
    SamplesOfEach available;
    for (int round = 0; round < effort.density_rounds; ++round) {
        const double alone = density_of(nobody).available_kb;
        for (int i = 0; i < init_count; ++i) {
            const Density density = density_of(i);
            pss[i].add(density.pss_kb);
            available[i].add(density.available_kb - alone);
        }
    }
    set_medians(density_pss, pss);
    set_medians(density_available, available);
}

void measure_orphans() {
    SamplesOfEach times;
    SamplesOfEach zombies;
    char count[16];
    snprintf(count, sizeof count, "%d", effort.storm_orphans);
    const char* const program[] = {programs, "storm", count, nullptr};
    for (int round = 0; round < effort.storm_rounds; ++round) {
        for (int i = 0; i < init_count; ++i) {
            const Running running = start(i, program, {.pid_namespace = true});
            expect(running.output, 'r');
            await_idle(running.pid);
            clockid_t clock;
            if (clock_getcpuclockid(running.pid, &clock) != 0) fail("clock_getcpuclockid");
            const int64_t before = nanoseconds(clock);
            begin(running);
            int most = 0;
            fcntl(running.output, F_SETFL, O_NONBLOCK);
            for (char byte; read(running.output, &byte, 1) < 0; usleep(500)) {
                const int children = children_of(running.pid) - 1;
                if (children > most) most = children;
            }
            times[i].add(static_cast<double>(nanoseconds(clock) - before) / 1000 / effort.storm_orphans);
            zombies[i].add(most);
            finish(running);
        }
    }
    set_medians(orphan_time, times);
    set_medians(most_zombies, zombies);
}

void measure_latency() {
    SamplesOfEach latencies;
    char count[16];
    snprintf(count, sizeof count, "%d", effort.signals);
    const char* const program[] = {programs, "signals", count, nullptr};
    for (int round = 0; round < effort.signal_rounds; ++round) {
        for (int i = cppinit; i < init_count; ++i) {
            const Running running = start(i, program, {.one_core = true});
            expect(running.output, 'r');
            await_idle(running.pid);
            begin(running);
            for (int left = effort.signals; left > 0; --left) {
                int64_t taken;
                read_exactly(running.output, &taken, sizeof taken);
                latencies[i].add(static_cast<double>(taken) / 1000);
            }
            expect(running.output, 'd');
            finish(running);
        }
    }
    set_medians(latency_median, latencies);
    for (int i = 0; i < init_count; ++i) rows[latency_high].values[i] = latencies[i].percentile(99);
}

void measure_delay_in_storm() {
    SamplesOfEach medians;
    SamplesOfEach longests;
    char count[16];
    snprintf(count, sizeof count, "%d", effort.delayed_signals);
    const char* const program[] = {fixture, "storm", "orphans", "10", count, nullptr};
    for (int round = 0; round < effort.delay_rounds; ++round) {
        for (int i = cppinit; i < init_count; ++i) {
            const Running running = start(i, program, {.pid_namespace = true});
            FILE* const said = fdopen(dup(running.output), "r");
            long median;
            long longest;
            if (said == nullptr || fscanf(said, "median %ld longest %ld", &median, &longest) != 2) fail("storm");
            fclose(said);
            medians[i].add(static_cast<double>(median));
            longests[i].add(static_cast<double>(longest));
            finish(running);
        }
    }
    set_medians(delay_median, medians);
    set_medians(delay_longest, longests);
}

void measure_end() {
    Samples times;
    const char* const program[] = {programs, "leftover", nullptr};
    for (int left = effort.leftovers; left > 0; --left) {
        const Running running = start(cppinit, program);
        expect(running.output, 'r');
        close(running.input);
        if (waitpid(running.pid, nullptr, 0) != running.pid) fail("waitpid");
        const int64_t after = nanoseconds();
        int64_t before;
        read_exactly(running.output, &before, sizeof before);
        close(running.output);
        times.add(static_cast<double>(after - before) / 1000);
    }
    for (double& value : rows[end_time].values) value = NAN;
    rows[end_time].values[cppinit] = times.median();
}

/// How many system calls the init makes with this program, by strace's count.
double count_calls(int init, const char* const* program, const char* wrapper) {
    char file[] = "/tmp/bench-calls-XXXXXX";
    const int descriptor = mkstemp(file);
    if (descriptor < 0) fail(file);
    close(descriptor);
    Words words;
    const char* const tracer[] = {"/usr/bin/strace", "-c", "-o", file};
    for (const char* word : tracer) words.add(word);
    if (wrapper != nullptr) {
        words.add(wrapper);
        words.add("subreaper");
    }
    const Words traced = command(init, program);
    for (int i = 0; i < traced.count; ++i) words.add(traced.list[i]);
    const Running running = start(words);
    char text[4096];
    if (wrapper != nullptr) begin(running);
    // Until the program is done: its input ends only then.
    while (wrapper != nullptr) {
        const ssize_t got = read(running.output, text, sizeof text);
        if (got <= 0) fail("strace");
        if (text[got - 1] == 'd') break;
    }
    finish(running);
    FILE* const counts = fopen(file, "r");
    if (counts == nullptr) fail(file);
    double total = NAN;
    while (fgets(text, sizeof text, counts) != nullptr) {
        if (strstr(text, " total\n") != nullptr) sscanf(text, "%*s %*s %*s %lf", &total);
    }
    fclose(counts);
    unlink(file);
    return total;
}

double calls_beyond(int init, const char* const* more, const char* const* less, int times) {
    return (count_calls(init, more, programs) - count_calls(init, less, programs)) / times;
}

void measure_calls() {
    const char* const start_alone[] = {nothing, nullptr};
    char orphans[16];
    snprintf(orphans, sizeof orphans, "%d", effort.traced_orphans);
    const char* const no_orphan[] = {programs, "burst", "1", "0", nullptr};
    const char* const one_by_one[] = {programs, "burst", "1", "100", nullptr};
    const char* const at_once[] = {programs, "burst", orphans, "1", nullptr};
    const char* const no_signal[] = {programs, "signals", "0", nullptr};
    const char* const signals[] = {programs, "signals", "100", nullptr};
    for (int i = 0; i < init_count; ++i) {
        rows[start_calls].values[i] = count_calls(i, start_alone, nullptr);
        rows[orphan_calls].values[i] = calls_beyond(i, one_by_one, no_orphan, 100);
        rows[burst_calls].values[i] = calls_beyond(i, at_once, no_orphan, effort.traced_orphans);
        rows[signal_calls].values[i] = i == limit ? NAN : calls_beyond(i, signals, no_signal, 100);
    }
}

// ---- the report ----

double best_peer(RowName row) {
    double best = NAN;
    for (int i = cppinit + 1; i < init_count; ++i) best = fmin(best, rows[row].values[i]);
    return best;
}

void print_number(double value, int decimals) {
    if (isnan(value)) {
        printf(" - |");
    } else {
        printf(" %.*f |", decimals, value);
    }
}

void print_table() {
    printf("| |");
    for (int i = 0; i < init_count; ++i) printf(" %s |", inits[i].name);
    printf(" times the limit | times the best peer |\n|---|");
    for (int i = 0; i < init_count + 2; ++i) printf("--:|");
    printf("\n");
    for (int row = 0; row < row_count; ++row) {
        printf("| %s%s%s |", rows[row].name, *rows[row].unit != '\0' ? ", " : "", rows[row].unit);
        for (int i = 0; i < init_count; ++i) print_number(rows[row].values[i], rows[row].decimals);
        const double own = rows[row].values[cppinit];
        const double of_limit = rows[row].values[limit];
        const double of_best = best_peer(static_cast<RowName>(row));
        print_number(own >= 0 && of_limit > 0 ? own / of_limit : NAN, 2);
        print_number(own >= 0 && of_best > 0 ? own / of_best : NAN, 2);
        printf("\n");
    }
}

void print_meanings() {
    printf("\n## What the rows mean\n\n");
    for (const Row& row : rows) printf("- **%s**: %s.\n", row.name, row.meaning);
}

void print_goal(const char* text, RowName row, double compared, double max) {
    // Rounded as it is printed: the further digits differ from run to run.
    const double ratio = round(rows[row].values[cppinit] / compared * 100) / 100;
    printf("| %s | %.2f | %.2f | %s |\n", text, max, ratio, ratio <= max ? "reached" : "not reached");
}

void print_goals() {
    printf("\n## The goals\n\n| | at most | is | |\n|---|--:|--:|---|\n");
    print_goal("Start-up, times the limit", start_time, rows[start_time].values[limit], 1.15);
    print_goal("Start-up, times the best peer", start_time, best_peer(start_time), 0.5);
    print_goal("CPU time per orphan, times the best peer", orphan_time, best_peer(orphan_time), 1.0);
    print_goal("Signal latency, times the best peer", latency_median, best_peer(latency_median), 1.0);
}

void write_data(const char* path) {
    FILE* const data = fopen(path, "w");
    if (data == nullptr) fail(path);
    for (int i = 0; i < init_count; ++i) {
        fprintf(data, "%s", inits[i].name);
        for (const Row& row : rows) fprintf(data, "\t%g", row.values[i]);
        fprintf(data, "\n");
    }
    fclose(data);
}

void progress(const char* what) {
    fprintf(stderr, "bench: %s\n", what);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 9 || argc - 6 > most_inits) {
        fprintf(stderr, "usage: bench full|quick PROGRAMS NOTHING FIXTURE DATA NAME=PATH...\n");
        return 99;
    }
    effort = strcmp(argv[1], "quick") == 0 ? quick : full;
    programs = argv[2];
    nothing = argv[3];
    fixture = argv[4];
    for (char** word = argv + 6; *word != nullptr; ++word) {
        char* const equals = strchr(*word, '=');
        if (equals == nullptr) fail(*word);
        *equals = '\0';
        const bool is_tini = strncmp(*word, "tini", 4) == 0;
        inits[init_count++] = {*word, equals + 1, is_tini ? "-s" : nullptr};
    }
    set_signals(0, 0);
    // No terminal: an init may want to deal with it. The programs of killed inits come here.
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);

    const struct {
        const char* name;
        void (*measure)();
    } steps[] = {
        {"file size", measure_file_size},
        {"system calls", measure_calls},
        {"idle", measure_idle},
        {"start-up", measure_start},
        {"signal latency", measure_latency},
        {"signal delay in a storm", measure_delay_in_storm},
        {"the end", measure_end},
        {"density", measure_density},
        {"orphans", measure_orphans},
    };
    for (const auto& step : steps) {
        progress(step.name);
        step.measure();
    }
    print_table();
    print_goals();
    print_meanings();
    write_data(argv[5]);
    return 0;
}
