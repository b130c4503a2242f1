# The shipped build: clang-19, lld-19, the headers of libc++-19 and musl, all from Debian. Of the C++ library only headers
# are used; what is linked is musl alone.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

set(triple x86_64-linux-musl)
set(musl /usr/lib/${triple})

set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_CXX_COMPILER_TARGET ${triple})
set(CMAKE_AR llvm-ar-19)
set(CMAKE_RANLIB llvm-ranlib-19)
# Takes the section headers off, which only linkers and debuggers read: 3% of the file.
set(CPPINIT_OBJCOPY llvm-objcopy-19)

string(JOIN " " CMAKE_CXX_FLAGS_INIT
    -nostdinc++ -nostdlibinc
    -isystem /usr/lib/llvm-19/include/c++/v1
    -isystem /usr/include/${triple}
    -D_LIBCPP_HAS_MUSL_LIBC
    -fno-pie -flto
    -ffunction-sections -fdata-sections
    -fno-jump-tables -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-stack-protector)
# Not position independent: that took 2.5 KB more, and with them the file passed its 32 KiB. There is no relocation to do
# at the start, and no pointer to code in writable memory that RELRO would have to protect.
string(JOIN " " CMAKE_EXE_LINKER_FLAGS_INIT
    -fuse-ld=lld --ld-path=/usr/bin/ld.lld-19
    -static -nostdlib ${musl}/crt1.o ${musl}/crti.o
    -Wl,--gc-sections -Wl,--icf=all -Wl,-O2 -Wl,--build-id=none -Wl,-s
    -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
set(CMAKE_CXX_STANDARD_LIBRARIES_INIT "${musl}/libc.a ${musl}/crtn.o")
