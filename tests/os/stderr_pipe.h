#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "os/sys.h"

/// stderr is a pipe as long as this lives, with room for one page.
class StderrPipe {
  public:
    StderrPipe() : pipe_(sys::pipe().value()), before_(::dup(STDERR_FILENO)) {
        ::fcntl(pipe_.read_end.number(), F_SETFL, O_NONBLOCK);
        ::fcntl(pipe_.write_end.number(), F_SETPIPE_SZ, 4096);
        ::dup2(pipe_.write_end.number(), STDERR_FILENO);
    }
    StderrPipe(const StderrPipe&) = delete;
    StderrPipe& operator=(const StderrPipe&) = delete;
    ~StderrPipe() {
        ::dup2(before_, STDERR_FILENO);
        ::close(before_);
    }

    /// What was written since the last time.
    [[nodiscard]] std::string text() const {
        std::string all;
        char part[4096];
        while (const auto size = sys::read(pipe_.read_end.number(), part, sizeof part)) all.append(part, *size);
        return all;
    }

    void fill() const { (void)sys::write(STDERR_FILENO, std::string(4096, 'x').data(), 4096); }

  private:
    sys::Pipe pipe_;
    int before_;
};
