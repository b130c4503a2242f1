#include "core/errors.h"

// <cerrno> belongs to the C++ standard library and has the architecture's numbers.
#include <cerrno>

namespace core {

namespace {

struct Description {
    int number;
    const char* text;
};

constexpr Description descriptions[] = {
    {E2BIG, "Argument list too long"},
    {EACCES, "Permission denied"},
    {EAGAIN, "Resource temporarily unavailable"},
    {EBADF, "Bad file descriptor"},
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
    {EPIPE, "Broken pipe"},
    {EROFS, "Read-only file system"},
    {ETXTBSY, "Text file busy"},
};

}  // namespace

std::string_view describe_errno(int number) {
    for (const Description& description : descriptions) {
        if (description.number == number) return description.text;
    }
    return "Unknown error";
}

}  // namespace core
