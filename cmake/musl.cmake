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
endif()
set(musl ${sysroot}/usr/lib/${folder})

# Not position independent: that took 2.5 KB more, and with them the file passed its 32 KiB. There is no relocation to do
# at the start, and no pointer to code in writable memory that RELRO would have to protect. On MIPS the calling convention
# itself is position independent.
set(no_pie -fno-pie)
if(target MATCHES "^mips")
    set(no_pie "")
endif()

set(CMAKE_SYSTEM_NAME Linux)
string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR ${target})
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_CXX_COMPILER_TARGET ${target})
set(CMAKE_AR llvm-ar-19)
set(CMAKE_RANLIB llvm-ranlib-19)
# Where kernel.h needs nothing of libc there is nothing to set up before main.
if(CPPINIT_ARCH STREQUAL "amd64")
    set(CPPINIT_OWN_START ON)
endif()
# Takes the section headers off, which only linkers and debuggers read: 3% of the file.
set(CPPINIT_OBJCOPY llvm-objcopy-19)

# The same bytes wherever the folder is.
string(JOIN " " CMAKE_CXX_FLAGS_INIT
    ${processor}
    -nostdinc++ -nostdlibinc
    -isystem /usr/lib/llvm-19/include/c++/v1
    -isystem ${sysroot}/usr/include/${folder}
    -D_LIBCPP_HAS_MUSL_LIBC
    ${no_pie} -flto
    -ffile-prefix-map=${source}=.
    -ffunction-sections -fdata-sections
    -fno-jump-tables -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-stack-protector
    -fmerge-all-constants)
string(JOIN " " CMAKE_EXE_LINKER_FLAGS_INIT
    -fuse-ld=lld --ld-path=/usr/bin/ld.lld-19
    -static -nostdlib ${musl}/crt1.o
    -Wl,--gc-sections -Wl,--icf=all -Wl,-O2 -Wl,--build-id=none -Wl,-s
    -Wl,-mllvm,-inline-threshold=-10 -Wl,-mllvm,-disable-machine-licm -Wl,-mllvm,-disable-machine-cse
    -Wl,-mllvm,-disable-constant-hoisting
    -Wl,--no-rosegment -Wl,-z,norelro -Wl,-z,noexecstack)
string(JOIN " " CMAKE_CXX_STANDARD_LIBRARIES_INIT ${musl}/libc.a ${libgcc})
