package notes

// Grid is a dense table, row after row in one piece of memory. Copies share
// their cells.
type Grid[T any] struct {
	cols  int
	cells []T
}

// NewGrid returns a table of zero values.
func NewGrid[T any](rows, cols int) Grid[T] {
	return Grid[T]{cols, make([]T, rows*cols)}
}

// Row is a row, shared with the table.
func (g Grid[T]) Row(row int) []T {
	from, to := row*g.cols, (row+1)*g.cols
	return g.cells[from:to:to]
}

// At returns a cell. It panics outside the table.
func (g Grid[T]) At(row, col int) T { return g.Row(row)[col] }

// Set writes a cell. It panics outside the table.
func (g Grid[T]) Set(row, col int, v T) { g.Row(row)[col] = v }

// fits tells whether the table has that size; one without rows fits any width.
func (g Grid[T]) fits(rows, cols int) bool {
	return len(g.cells) == rows*cols && (rows == 0 || g.cols == cols)
}

// fill writes v in every cell.
func (g Grid[T]) fill(v T) {
	for i := range g.cells {
		g.cells[i] = v
	}
}
