package datasets

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// Memory is a Dataset held in memory.
type Memory struct {
	name          string
	height, width int
	pixels        []uint8 // (N, H, W, 3)
	labels        []int   // (N)
	classes       []string
	ids           []int // (N), nil for 0, 1, 2, ...
	sum           string
	tree          []Level // nil for a set without a tree of classes
}

// NewMemory makes a Dataset of pixels: (N, H, W, 3) uint8, R, G, B, and labels: (N). It keeps the slices. It is an
// error if the lengths do not fit each other or a label is no index of classes.
func NewMemory(name string, height, width int, pixels []uint8, labels []int, classes []string) (*Memory, error) {
	m := &Memory{name: name, height: height, width: width, pixels: pixels, labels: labels, classes: classes}
	if err := m.check(); err != nil {
		return nil, err
	}
	m.sum = m.contentSum()
	return m, nil
}

func (m *Memory) check() error {
	if m.height < 1 || m.width < 1 {
		return fmt.Errorf("data set %s: images of %d x %d pixels", m.name, m.height, m.width)
	}
	if want := len(m.labels) * m.height * m.width * 3; len(m.pixels) != want {
		return fmt.Errorf("data set %s: %d bytes of pixels, want %d for %d labels and images of %d x %d x 3",
			m.name, len(m.pixels), want, len(m.labels), m.height, m.width)
	}
	for i, l := range m.labels {
		if l < 0 || l >= len(m.classes) {
			return fmt.Errorf("data set %s: image %d has label %d, want 0 to %d", m.name, i, l, len(m.classes)-1)
		}
	}
	return nil
}

// contentSum is the sha256 of the pixels followed by the labels as 32-bit little-endian integers.
func (m *Memory) contentSum() string {
	h := sha256.New()
	h.Write(m.pixels)
	buf := make([]byte, 0, 4*len(m.labels))
	for _, l := range m.labels {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(l))
	}
	h.Write(buf)
	return hex.EncodeToString(h.Sum(nil))
}

// Name implements Dataset.
func (m *Memory) Name() string { return m.name }

// Len implements Dataset.
func (m *Memory) Len() int { return len(m.labels) }

// Size implements Dataset.
func (m *Memory) Size() (height, width int) { return m.height, m.width }

// Image implements Dataset.
func (m *Memory) Image(i int) ([]uint8, error) {
	if i < 0 || i >= len(m.labels) {
		return nil, fmt.Errorf("data set %s: no image %d, there are %d", m.name, i, len(m.labels))
	}
	n := m.height * m.width * 3
	return m.pixels[i*n : (i+1)*n : (i+1)*n], nil
}

// Label implements Dataset.
func (m *Memory) Label(i int) int { return m.labels[i] }

// Classes implements Dataset.
func (m *Memory) Classes() []string { return m.classes }

// ID implements Dataset.
func (m *Memory) ID(i int) int {
	if m.ids == nil {
		return i
	}
	return m.ids[i]
}

// Sum implements Dataset.
func (m *Memory) Sum() string { return m.sum }

func (m *Memory) levels() []Level { return m.tree }
