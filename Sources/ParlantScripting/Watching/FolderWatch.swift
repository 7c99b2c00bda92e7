/// Tells that something happened in folders. What happened is read from the folders themselves.
protocol FolderWatch: Sendable {
    /// How it is called in health reports.
    var name: String { get }
    /// Watches these folders and no others.
    ///
    /// - Returns: Whether a folder is new, so that what happened in it before may be unknown; and whether all folders
    ///   could be watched.
    func watch(_ points: WatchPoints) -> (hasNew: Bool, isComplete: Bool)
    /// No hint comes after this. May be called more than once.
    func stop()
}
