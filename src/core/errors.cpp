#include "core/errors.h"

// <cerrno> belongs to the C++ standard library and has the architecture's numbers.
#include <array>
#include <cerrno>
#include <cstdint>

namespace core {

namespace {

struct Description {
    std::uint8_t number;
    std::string_view text;
};

constexpr Description descriptions[] = {
    {E2BIG, "Argument list too long"},
    {EACCES, "Permission denied"},
    {EAGAIN, "Resource temporarily unavailable"},
    {EFAULT, "Bad address"},
    {EFBIG, "File too large"},
    {EINVAL, "Invalid argument"},
    {EIO, "Input/output error"},
    {EISDIR, "Is a directory"},
    {ELOOP, "Too many levels of symbolic links"},
    {EMFILE, "Too many open files"},
    {ENAMETOOLONG, "File name too long"},
    {ENFILE, "Too many open files in system"},
    {ENOENT, "No such file or directory"},
    {ENOEXEC, "Exec format error"},
    {ENOMEM, "Cannot allocate memory"},
    {ENOSPC, "No space left on device"},
    {ENOSYS, "Function not implemented"},
    {ENOTDIR, "Not a directory"},
    {ENXIO, "No such device or address"},
    {EPERM, "Operation not permitted"},
    {EROFS, "Read-only file system"},
    {ETXTBSY, "Text file busy"},
};

// In the binary: the number and the size as a byte each, the text, and the next. A switch took twice as much.
constexpr std::size_t packed_size = [] {
    std::size_t size = 0;
    for (const Description& description : descriptions) size += description.text.size() + 2;
    return size;
}();

constexpr std::array<char, packed_size> packed = [] {
    std::array<char, packed_size> bytes{};
    std::size_t position = 0;
    for (const Description& description : descriptions) {
        bytes[position++] = static_cast<char>(description.number);
        bytes[position++] = static_cast<char>(description.text.size());
        for (const char byte : description.text) bytes[position++] = byte;
    }
    return bytes;
}();

}  // namespace

std::string_view describe_errno(int number) {
    for (std::size_t position = 0; position < packed.size();) {
        const auto candidate = static_cast<std::uint8_t>(packed[position]);
        const auto size = static_cast<std::uint8_t>(packed[position + 1]);
        if (candidate == number) return {packed.data() + position + 2, size};
        position += size + std::size_t{2};
    }
    return "Unknown error";
}

}  // namespace core
