package datasets

import (
	"errors"
	"fmt"
	"hash"
	"io"
)

// cifarPlane is the bytes of one colour of one CIFAR image.
const cifarPlane = 32 * 32

// cifar says how the records of a CIFAR file are made: one label for CIFAR-10, the superclass's and the class's
// for CIFAR-100, then 1,024 bytes of red, of green and of blue, each 32 rows of 32.
type cifar struct {
	set    string
	counts []int // classes of each label in a record
	parent []int // superclass of each class, for a record with two labels
}

var (
	cifar10Records  = cifar{set: "cifar10", counts: []int{10}}
	cifar100Records = cifar{set: "cifar100", counts: []int{20, 100}, parent: cifar100Parent}
)

func (c cifar) recordBytes() int { return len(c.counts) + 3*cifarPlane }

// read appends n records from r, the whole of the file path, to m; sum sees each byte that is read.
func (c cifar) read(m *cifarData, r io.Reader, path string, n int, sum hash.Hash) error {
	record := make([]byte, c.recordBytes())
	head := make([]byte, 0, 32)
	for i := range n {
		got, err := io.ReadFull(r, record)
		at := int64(i) * int64(len(record))
		if i == 0 {
			head = append(head, record[:min(got, cap(head))]...)
		}
		if err != nil {
			if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
				err = nil
			}
			return &FileError{Set: c.set, Path: path, Offset: at + int64(got), Err: err, Problem: fmt.Sprintf(
				"the file ends in record %d, want %d records of %d bytes, %d in all%s", i, n, len(record), n*len(record), kindOf(head))}
		}
		sum.Write(record)
		for l, classes := range c.counts {
			if int(record[l]) >= classes {
				return &FileError{Set: c.set, Path: path, Offset: at + int64(l), Problem: fmt.Sprintf(
					"label %d in record %d, want 0 to %d%s", record[l], i, classes-1, kindOf(head))}
			}
		}
		if len(c.counts) == 2 && c.parent[record[1]] != int(record[0]) {
			return &FileError{Set: c.set, Path: path, Offset: at, Problem: fmt.Sprintf(
				"record %d has class %d in superclass %d, want superclass %d%s", i, record[1], record[0], c.parent[record[1]], kindOf(head))}
		}
		m.add(record, len(c.counts))
	}
	if problem, err := atEnd(r); problem != "" {
		return &FileError{Set: c.set, Path: path, Offset: int64(n) * int64(len(record)), Err: err, Problem: fmt.Sprintf(
			"%s, want %d records of %d bytes, %d in all%s", problem, n, len(record), n*len(record), kindOf(head))}
	}
	return nil
}

// cifarData is what has been read: pixels (N, 32, 32, 3), and the labels of each kind in a record.
type cifarData struct {
	pixels []uint8
	labels [2][]int
}

func newCIFARData(n int) *cifarData {
	return &cifarData{pixels: make([]uint8, 0, n*3*cifarPlane)}
}

func (m *cifarData) add(record []byte, labels int) {
	for l := range labels {
		m.labels[l] = append(m.labels[l], int(record[l]))
	}
	red, green, blue := record[labels:][:cifarPlane], record[labels+cifarPlane:][:cifarPlane], record[labels+2*cifarPlane:][:cifarPlane]
	at := len(m.pixels)
	m.pixels = append(m.pixels, record[labels:]...) // the length is the same; the order is set below
	dst := m.pixels[at:]
	for p := range cifarPlane {
		dst[3*p], dst[3*p+1], dst[3*p+2] = red[p], green[p], blue[p]
	}
}
