#pragma once

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

/// A child that has prepared itself and then waits for signals. It ends with this.
class Child {
  public:
    /// `prepare` runs in the child before the constructor returns.
    template <class Prepare>
    explicit Child(Prepare prepare) {
        int pipe[2];
        if (::pipe(pipe) != 0) ::abort();
        pid_ = ::fork();
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            prepare();
            (void)!::write(pipe[1], "", 1);
            for (;;) ::pause();
        }
        // Before the read, which ends all the same if the child does.
        ::close(pipe[1]);
        char byte = 0;
        (void)!::read(pipe[0], &byte, 1);
        ::close(pipe[0]);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ == 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

    [[nodiscard]] pid_t pid() const { return pid_; }

    /// The signal that ends it; 0 if it exits.
    int end() {
        int status = 0;
        ::waitpid(std::exchange(pid_, 0), &status, 0);
        return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }

    [[nodiscard]] bool lives() const { return ::waitpid(pid_, nullptr, WNOHANG) == 0; }

  private:
    pid_t pid_ = 0;
};

/// For `prepare`.
inline void lead_group() {
    ::setpgid(0, 0);
}
