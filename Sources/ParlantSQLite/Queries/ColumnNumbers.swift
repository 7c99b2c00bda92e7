import ParlantCore

/// A row holds a number that this program never writes: the file was edited or damaged. Calculating with it, or writing it,
/// could end the process.
struct ColumnNumberProblem: Error {
    var number: Int64
}

extension Timestamp {
    /// A moment as a column has it.
    ///
    /// - Throws: ``ColumnNumberProblem`` for what is outside of the years 0 to 9999.
    init(column microseconds: Int64) throws(ColumnNumberProblem) {
        guard let moment = Timestamp(exactly: microseconds) else { throw ColumnNumberProblem(number: microseconds) }
        self = moment
    }
}
