# How every part of cppinit is compiled: the standard, the warnings, and what an init does without.

option(CPPINIT_SANITIZE "Build with the address and undefined behaviour sanitizers" OFF)
option(CPPINIT_FUZZ "Build the fuzz targets, with clang's libFuzzer" OFF)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE MinSizeRel)
endif()

add_library(cppinit_options INTERFACE)
target_compile_features(cppinit_options INTERFACE cxx_std_23)
target_compile_options(cppinit_options INTERFACE
    -fno-exceptions -fno-rtti
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror=switch-enum -Werror=unused-result -Wno-missing-field-initializers)
target_compile_definitions(cppinit_options INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)

if(CPPINIT_SANITIZE)
    target_compile_options(cppinit_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all)
    target_link_options(cppinit_options INTERFACE -fsanitize=address,undefined)
endif()
if(CPPINIT_FUZZ)
    target_compile_options(cppinit_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(NOT CPPINIT_SANITIZE AND NOT CPPINIT_FUZZ AND NOT CMAKE_TOOLCHAIN_FILE)
    # Static wherever the machine has a static libc, so that the binary runs in an image without one. A toolchain file says
    # itself how it links.
    include(CheckCXXSourceCompiles)
    set(CMAKE_REQUIRED_LINK_OPTIONS -static)
    check_cxx_source_compiles("int main() {}" CPPINIT_HAS_STATIC_LIBC)
    if(CPPINIT_HAS_STATIC_LIBC)
        target_link_options(cppinit_options INTERFACE -static)
    endif()
endif()
