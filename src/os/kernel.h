#pragma once

#include <sys/syscall.h>

#include <type_traits>

#if !defined(__x86_64__) || !defined(__LP64__)
#include <errno.h>
#include <sched.h>
#include <unistd.h>
#endif

/// How a system call is made. On x86-64 by its own instruction: the shipped program then needs nothing of libc that has
/// to be set up before it can run, and blocks signals in its first instructions. Elsewhere through libc.
namespace kernel {

#if defined(__x86_64__) && defined(__LP64__)

// The registers are those of syscall(2), "Architecture calling conventions". Their variables are not const: the
// compiler would be free to put a constant into another register.

// NOLINTBEGIN(misc-const-correctness)

inline long call_words(long number, long first = 0) {
    long result;
    asm volatile("syscall" : "=a"(result) : "a"(number), "D"(first) : "rcx", "r11", "memory");
    return result;
}

inline long call_words(long number, long first, long second, long third = 0) {
    long result;
    asm volatile("syscall" : "=a"(result) : "a"(number), "D"(first), "S"(second), "d"(third) : "rcx", "r11", "memory");
    return result;
}

inline long call_words(long number, long first, long second, long third, long fourth, long fifth = 0, long sixth = 0) {
    register long r10 asm("r10") = fourth;
    register long r8 asm("r8") = fifth;
    register long r9 asm("r9") = sixth;
    long result;
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(first), "S"(second), "d"(third), "r"(r10), "r"(r8), "r"(r9)
                 : "rcx", "r11", "memory");
    return result;
}

/// clone(2): the parent gets what the call returned. The child begins on its own stack, with all registers of the
/// parent, and must not return from the function that it calls.
inline long clone(int flags, void* stack_top, int (*child)(void*), void* argument) {
    register long r10 asm("r10") = 0;
    register long r8 asm("r8") = 0;
    register int (*function)(void*) asm("r12") = child;
    register void* its_argument asm("r13") = argument;
    long result;
    asm volatile(
        "syscall\n"
        "test %%rax, %%rax\n"
        "jnz 1f\n"
        "xor %%ebp, %%ebp\n"
        "mov %%r13, %%rdi\n"
        "call *%%r12\n"
        "ud2\n"
        "1:"
        : "=a"(result)
        : "a"(SYS_clone), "D"(flags), "S"(stack_top), "d"(0), "r"(r10), "r"(r8), "r"(function), "r"(its_argument)
        : "rcx", "r11", "memory");
    return result;
}

// NOLINTEND(misc-const-correctness)

#else

inline long call_words(long number, long first = 0, long second = 0, long third = 0, long fourth = 0, long fifth = 0,
                       long sixth = 0) {
    // libc hands on six, whatever it was given.
    const long result = ::syscall(number, first, second, third, fourth, fifth, sixth);
    return result == -1 ? -errno : result;
}

inline long clone(int flags, void* stack_top, int (*child)(void*), void* argument) {
    const int result = ::clone(child, stack_top, flags, argument);
    return result < 0 ? -errno : result;
}

#endif

template <class Argument>
long word(Argument argument) {
    if constexpr (std::is_null_pointer_v<Argument>) {
        return 0;
    } else if constexpr (std::is_pointer_v<Argument>) {
        return reinterpret_cast<long>(argument);
    } else {
        return static_cast<long>(argument);
    }
}

/// What the call returned; a failure as the negative errno. A call must be given all arguments that it takes.
template <class... Arguments>
long call(long number, Arguments... arguments) {
    return call_words(number, word(arguments)...);
}

}  // namespace kernel
