#include <cstddef>

#include "os/kernel.h"

// Linked in place of musl's start where kernel.h needs nothing of libc: cppinit has no threads, no thread-local
// variables, no constructors and nothing to do at exit. What musl prepares for these took a twentieth of the file, two
// system calls, and the time in which a signal is not blocked yet.

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming): the name is
// musl's.
/// What musl's crt1.o calls with the stack that the kernel made (execve(2)): the environment follows the arguments.
extern "C" [[noreturn]] void __libc_start_main(int (*main)(int, char**, char**), int argc, char** argv) {
    const int code = main(argc, argv, argv + argc + 1);
    for (;;) (void)kernel::call(SYS_exit_group, code);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)

// libc's are made for long texts, and five times as long.

extern "C" std::size_t strlen(const char* text) {
    std::size_t size = 0;
    while (text[size] != '\0') ++size;
    return size;
}

extern "C" void* memchr(const void* bytes, int wanted, std::size_t size) {
    for (auto* byte = static_cast<const unsigned char*>(bytes); size > 0; ++byte, --size) {
        if (*byte == static_cast<unsigned char>(wanted)) return const_cast<unsigned char*>(byte);
    }
    return nullptr;
}
