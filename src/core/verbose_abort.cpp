#include <string_view>

#ifdef _LIBCPP_VERSION

/// libc++'s headers call this where a precondition is broken that would throw with exceptions: string_view::substr from
/// beyond the end, say. Only the headers of libc++ are used, and its library, which has this function, is not linked.
/// Nothing can be said or mended at such a place.
void std::__libcpp_verbose_abort(const char* /*format*/, ...) {  // NOLINT(cert-dcl50-cpp): libc++'s signature
    __builtin_trap();
}

#endif
