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

// The functions that the compiler calls by itself. libc's are made for long texts and large blocks, and ten times as
// long.

extern "C" void* memset(void* block, int value, std::size_t size) {
    void* at = block;
    asm volatile("rep stosb" : "+D"(at), "+c"(size) : "a"(value) : "memory");
    return block;
}

extern "C" void* memcpy(void* to, const void* from, std::size_t size) {
    void* at = to;
    asm volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(size) : : "memory");
    return to;
}

extern "C" void* memmove(void* to, const void* from, std::size_t size) {
    const bool is_ahead = static_cast<std::size_t>(static_cast<char*>(to) - static_cast<const char*>(from)) < size;
    if (!is_ahead) return memcpy(to, from, size);
    // From the last byte to the first. The direction flag is clear wherever C++ runs.
    void* at = static_cast<char*>(to) + size - 1;
    from = static_cast<const char*>(from) + size - 1;
    asm volatile("std\nrep movsb\ncld" : "+D"(at), "+S"(from), "+c"(size) : : "memory");
    return to;
}

extern "C" int memcmp(const void* left, const void* right, std::size_t size) {
    auto* left_byte = static_cast<const unsigned char*>(left);
    auto* right_byte = static_cast<const unsigned char*>(right);
    for (; size > 0; ++left_byte, ++right_byte, --size) {
        if (*left_byte != *right_byte) return *left_byte - *right_byte;
    }
    return 0;
}

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
