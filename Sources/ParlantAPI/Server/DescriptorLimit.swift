import Glibc
import Logging

/// Raises the number of open files that this process may have to the most that the system allows it. Each connection
/// takes one, and the usual soft limit of 1024 is a few long polls short of a busy day.
func raiseDescriptorLimit(logger: Logger) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else {
        return
    }
    let before = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
        logger.warning(
            "the limit of open files could not be raised; raise it with 'ulimit -n' before starting",
            metadata: ["limit": "\(before)", "wanted": "\(limit.rlim_max)"])
    }
}
