#pragma once

#include <array>
#include <optional>

#include "core/leftovers.h"
#include "os/sys.h"
#include "os/walks.h"

namespace os {

/// The processes under cppinit: all others in the PID namespace where it is PID 1, otherwise those whose chain of
/// parents leads to it. They come and go while they are looked at, and their numbers can be another process's at any
/// moment.
///
/// There can be many thousands of them, among many thousands of others. What is begun here is carried out in slices of
/// a millisecond (see proceed), so that cppinit can look at its signals in between.
class Descendants {
  public:
    /// Without a main child (--pause) there is no group either.
    Descendants(pid_t own_pid, std::optional<pid_t> main_child) : own_pid_(own_pid), main_child_(main_child) {}

    /// Sends a signal to everything under cppinit. KILL takes the place of whatever was begun before.
    void send_to_all(int signal);
    /// Sends a signal to the leftovers in the main child's group. The main child has ended, so that the group's number
    /// itself is used only while a child of cppinit is a member and so keeps it.
    void send_to_group_leftovers(int signal);
    /// Sends CONT to those that are stopped, in everything under cppinit or in the main child's group: a stop signal
    /// that was sent to them would stay pending otherwise.
    void continue_stopped();
    void continue_stopped_group();
    /// Sends TERM to each leftover that no forwarded stop signal has reached, HUP to leaders of sessions with a
    /// controlling terminal (see core::is_hung_up), and then CONT to those that are stopped. The times in `reached` are
    /// of CLOCK_MONOTONIC. Called again, it sends only to those that it has not sent to: as PID 1 guests that have come
    /// in the meantime.
    void terminate(const core::Reached& reached);

    /// Carries out what was begun. Called after each wake-up, and again once the signals that wait were looked at, for
    /// as long as there is more to send.
    void proceed();
    [[nodiscard]] bool has_more_to_send() const { return errand_count_ > 0; }

    /// As PID 1: whether any process but cppinit lives in the namespace. Guests are nobody's children, so that wait(2)
    /// does not say. A zombie does not count: a guest's parent is outside, and waits for it when it likes. Where there
    /// are too many to look at in one go, the answer is yes, and the next call goes on.
    [[nodiscard]] bool others_live();

    /// The next of the processes that are still there, for the warning that names them; none at the end. Called until
    /// then; what was begun before is given up.
    [[nodiscard]] std::optional<pid_t> next_remaining();

  private:
    /// Signals for some of the processes. Each of these is sent, in this order: the signal, HUP, CONT.
    struct Errand {
        std::optional<int> signal;
        /// Only the main child's group.
        bool is_for_group = false;
        bool is_for_leftovers = false;
        bool continues_stopped = false;
        /// Not for processes that were started later than this, of CLOCK_BOOTTIME.
        core::Milliseconds since = core::never;

        /// Getting it twice harms no process, and a process that was started in the meantime must get it too.
        [[nodiscard]] bool is_repeatable() const { return !signal || *signal == SIGKILL; }
        [[nodiscard]] bool is_like(const Errand& other) const {
            return signal == other.signal && is_for_group == other.is_for_group &&
                   is_for_leftovers == other.is_for_leftovers && continues_stopped == other.continues_stopped;
        }
    };

    void terminate_others();
    void begin(Errand errand);
    [[nodiscard]] bool joins_another(const Errand& errand);
    void work();
    void start_errand();
    void start_walk(core::Milliseconds since, bool may_show_twice);
    void finish_walk();
    [[nodiscard]] std::optional<Found> next_found();
    [[nodiscard]] bool is_walking() const { return tree_ || full_; }
    void serve(const Found& found);
    void send_once(const Found& found);
    void kill_own_children() const;
    void send_without_proc();
    [[nodiscard]] std::optional<pid_t> target_without_proc() const;
    [[nodiscard]] const Errand& errand() const { return errands_[0]; }
    [[nodiscard]] PidSet& served() { return errand().is_for_leftovers ? terminated_ : served_; }

    const pid_t own_pid_;
    const std::optional<pid_t> main_child_;

    /// The first one is being carried out.
    std::array<Errand, 8> errands_;
    std::size_t errand_count_ = 0;
    std::optional<TreeWalk> tree_;
    std::optional<FullWalk> full_;
    /// The processes that were sent the signal of the errand, so that none gets it twice.
    PidSet served_;
    bool has_served_somebody_ = false;
    /// The forwarded stop signals, with times of CLOCK_BOOTTIME: what they have reached is not sent TERM.
    core::Reached reached_;

    /// When the leftovers were first asked to end, of CLOCK_BOOTTIME, and which ones have been.
    std::optional<core::Milliseconds> terminated_at_;
    PidSet terminated_;
    /// As PID 1, kill(-1) has asked all of them at once.
    bool terminated_all_ = false;
    /// By a walk, or by kill(2) without one.
    bool has_asked_leftovers_ = false;
    /// Some leftovers are hidden: what they leave behind when they end must still be asked.
    bool expects_others_ = false;

    enum class Look : std::uint8_t { none, at_remaining, at_others };
    /// What the walk is for if there is no errand.
    Look look_ = Look::none;
    /// Processes that no signal can end.
    bool saw_unendable_ = false;
};

}  // namespace os
