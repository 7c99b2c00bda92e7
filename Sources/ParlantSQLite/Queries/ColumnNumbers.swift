import ParlantCore
import ParlantStores

/// A row holds a number that this program never writes: the file was edited or damaged. Calculating with it, or writing
/// it, could end the process.
struct ColumnNumberProblem: Error {
    var number: Int64
}

extension Int {
    /// A number of things as a column has it.
    ///
    /// - Throws: ``ColumnNumberProblem`` for what is outside of ``StoredCount/range``.
    init(column number: Int64) throws(ColumnNumberProblem) {
        guard let count = StoredCount.exactly(number) else { throw ColumnNumberProblem(number: number) }
        self = count
    }
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
