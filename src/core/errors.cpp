#include "core/errors.h"

// <cerrno> belongs to the C++ standard library and has the architecture's numbers.
#include <cerrno>

namespace core {

std::string_view describe_errno(int number) {
    switch (number) {
        case E2BIG: return "Argument list too long";
        case EACCES: return "Permission denied";
        case EAGAIN: return "Resource temporarily unavailable";
        case EFAULT: return "Bad address";
        case EINVAL: return "Invalid argument";
        case EIO: return "Input/output error";
        case EISDIR: return "Is a directory";
        case ELOOP: return "Too many levels of symbolic links";
        case EMFILE: return "Too many open files";
        case ENAMETOOLONG: return "File name too long";
        case ENFILE: return "Too many open files in system";
        case ENOENT: return "No such file or directory";
        case ENOEXEC: return "Exec format error";
        case ENOMEM: return "Cannot allocate memory";
        case ENOSPC: return "No space left on device";
        case ENOSYS: return "Function not implemented";
        case ENOTDIR: return "Not a directory";
        case EPERM: return "Operation not permitted";
        case ETXTBSY: return "Text file busy";
        default: return "Unknown error";
    }
}

}  // namespace core
