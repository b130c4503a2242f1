#include <string_view>

#ifdef _LIBCPP_VERSION

/// libc++'s headers call this if a precondition is broken that would throw if there were exceptions, for example
/// string_view::substr from beyond the end. The library that has this function is not linked: only the headers of
/// libc++ are used. Nothing can be reported or repaired at such a place.
void std::__libcpp_verbose_abort(const char* /*format*/, ...) {  // NOLINT(cert-dcl50-cpp): libc++'s signature
    __builtin_trap();
}

#endif
