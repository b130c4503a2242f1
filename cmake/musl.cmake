# The shipped build: clang-19, lld-19, the headers of libc++-19 and musl, all from Debian. Of the C++ library only headers
# are used; what is linked is musl, and libgcc for what a processor has no instruction for.
#
#     cmake --preset release -B build/arm64 -DCPPINIT_ARCH=arm64 -DBUILD_TESTING=OFF
#
# CPPINIT_ARCH is one of architectures.txt. For amd64 the machine's own musl-dev is used; for the others it is unpacked
# into CPPINIT_SYSROOTS, here and now where it is not there yet.

set(CPPINIT_ARCH amd64 CACHE STRING "The architecture to build for, under Debian's name")
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH source)
set(CPPINIT_SYSROOTS ${source}/build/sysroots CACHE PATH "Where musl is, for other architectures")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES CPPINIT_ARCH CPPINIT_SYSROOTS)

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/architectures.txt row REGEX "^${CPPINIT_ARCH} ")
if(NOT row)
    message(FATAL_ERROR "CPPINIT_ARCH is '${CPPINIT_ARCH}': expected a name of cmake/architectures.txt")
endif()
string(REGEX REPLACE " +" ";" row "${row}")
list(GET row 1 target)
list(GET row 2 folder)
list(GET row 3 processor)
string(REPLACE "," " " processor ${processor})

set(sysroot "")
set(libgcc "")
if(NOT CPPINIT_ARCH STREQUAL "amd64")
    set(sysroot ${CPPINIT_SYSROOTS}/${CPPINIT_ARCH})
    if(NOT EXISTS ${sysroot}/versions)
        execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/fetch-sysroots ${CPPINIT_SYSROOTS} ${CPPINIT_ARCH}
            COMMAND_ERROR_IS_FATAL ANY)
    endif()
    file(GLOB libgcc ${sysroot}/usr/lib/gcc/*/*/libgcc.a)
    set(libgcc "\"${libgcc}\"")
endif()
set(musl ${sysroot}/usr/lib/${folder})

set(CMAKE_SYSTEM_NAME Linux)
string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR ${target})
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_CXX_COMPILER_TARGET ${target})
set(CMAKE_AR llvm-ar-19)
set(CMAKE_RANLIB llvm-ranlib-19)
# Section headers are for linkers and debuggers: 700 bytes.
set(CPPINIT_OBJCOPY llvm-objcopy-19)

# Switches that are here for the size or the speed of cppinit, and what each of them is worth (clang 19, amd64). A start of
# cppinit with its program takes about 200 us, and what cppinit adds to it is mostly page faults.
#
# -Oz (CMakePresets.json)       4.2 KB less than -Os, 28 KB less than -O2
# -flto                         2.0 KB
# no unwind tables              7.5 KB: nothing throws, and nothing prints a backtrace
# --gc-sections                 200 bytes of musl
# -static, not -static-pie      7.5 us, one page fault: nothing is relocated at the start
# --no-rosegment                3.6 us, one page fault: constants and code in one segment
# -z norelro                    7.5 us, two page faults. RELRO protects pointers that relocation writes once; without
#                               relocation there are none
# --build-id=none               96 bytes
# -s                            nothing here, where the section headers go as well; 23 KB of symbols in the other programs
#
# -ffile-prefix-map: the same bytes wherever the folder is. Paths have quotes of their own: a shell reads these strings.
string(JOIN " " CMAKE_CXX_FLAGS_INIT
    ${processor}
    -nostdinc++ -nostdlibinc
    -isystem /usr/lib/llvm-19/include/c++/v1
    "-isystem \"${sysroot}/usr/include/${folder}\""
    -D_LIBCPP_HAS_MUSL_LIBC
    "\"-ffile-prefix-map=${source}=.\""
    -flto -fno-asynchronous-unwind-tables -fno-unwind-tables)
string(JOIN " " CMAKE_EXE_LINKER_FLAGS_INIT
    -fuse-ld=lld --ld-path=/usr/bin/ld.lld-19
    "-static -nostdlib \"${musl}/crt1.o\""
    -Wl,--gc-sections -Wl,--no-rosegment -Wl,-z,norelro
    -Wl,--build-id=none -Wl,-s)
string(JOIN " " CMAKE_CXX_STANDARD_LIBRARIES_INIT "\"${musl}/libc.a\"" ${libgcc})
