package datasets

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/hardneg/hardneg/lib/suggest"
)

// Options say which variant of a set is opened, and where it is. The zero value is a set as published.
type Options struct {
	// Dir is a folder that is searched before all others; "" for none. It may be the set's own folder or the one
	// above it.
	Dir string
	// Coarse labels CIFAR-100 by its 20 superclasses: the same as the name "cifar100-coarse".
	Coarse bool
	// Size is the side of Taxa's images in pixels; 0 is 32. Sets of files have their own size: see Resize.
	Size int
	// Train and Test are how many images Taxa has; 0 is 6,000 and 3,000. For sets of files see Sample.
	Train, Test int
	// Seed fixes Taxa's images.
	Seed uint64
}

// Names are the sets that Open knows.
func Names() []string {
	return []string{"cifar10", "cifar100", "cifar100-coarse", "fashion-mnist", "taxa"}
}

// Open reads the training and the test part of a set into memory. The error is a *NotFoundError, an
// *IncompleteError or a *FileError where files are the matter.
func Open(name string, o Options) (train, test Dataset, err error) {
	if name == "taxa" {
		if o.Coarse {
			return nil, nil, errors.New("taxa has no coarse labels of that name: see Levels for its tree")
		}
		return openTaxa(o)
	}
	f := filesOf(name)
	if f == nil {
		return nil, nil, suggest.Unknown("data set", name, Names())
	}
	coarse := o.Coarse || name == "cifar100-coarse"
	if coarse && f != cifar100Files {
		return nil, nil, fmt.Errorf("data set %s has no coarse labels: cifar100 has", name)
	}
	if o.Size != 0 && o.Size != f.side || o.Train != 0 || o.Test != 0 {
		return nil, nil, fmt.Errorf("data set %s is %d and %d images of %d pixels: see Resize and Sample for other sizes",
			name, f.images[0], f.images[1], f.side)
	}
	folder, err := f.find(o.Dir)
	if err != nil {
		return nil, nil, err
	}
	var parts [2]*Memory
	for p := range parts {
		if parts[p], err = f.read(f, folder, p); err != nil {
			return nil, nil, err
		}
		if coarse {
			parts[p] = parts[p].atLevel(0, "cifar100-coarse/"+partNames[p])
		}
	}
	return parts[0], parts[1], nil
}

var partNames = [2]string{"train", "test"}

// atLevel is m labelled by another level of its tree.
func (m *Memory) atLevel(level int, name string) *Memory {
	c := *m
	c.name, c.labels, c.classes = name, m.tree[level].Labels, m.tree[level].Classes
	return &c
}

// partFiles are the names of the files of the training (0) or the test part (1).
func (f *files) partFiles(part int) []string {
	if part == 0 {
		return f.names[:f.train]
	}
	return f.names[f.train:]
}

func readCIFAR10(f *files, dir string, part int) (*Memory, error) {
	return readCIFAR(f, cifar10Records, dir, part)
}

func readCIFAR100(f *files, dir string, part int) (*Memory, error) {
	return readCIFAR(f, cifar100Records, dir, part)
}

func readCIFAR(f *files, c cifar, dir string, part int) (*Memory, error) {
	data, sum := newCIFARData(f.images[part]), sha256.New()
	names := f.partFiles(part)
	for _, name := range names {
		err := f.withFile(dir, name, func(path string, r io.Reader) error {
			return c.read(data, r, path, f.images[part]/len(names), sum)
		})
		if err != nil {
			return nil, err
		}
	}
	last := len(c.counts) - 1
	m := &Memory{name: f.name + "/" + partNames[part], height: f.side, width: f.side, pixels: data.pixels,
		labels: data.labels[last], classes: f.classes, sum: hex.EncodeToString(sum.Sum(nil))}
	if last == 1 {
		m.tree = []Level{{"superclass", cifar100Coarse, data.labels[0]}, {"class", cifar100Fine, data.labels[1]}}
	}
	return m, nil
}

func readFashion(f *files, dir string, part int) (*Memory, error) {
	sum := sha256.New()
	names, n := f.partFiles(part), f.images[part]
	var grey, marks []uint8
	err := f.withFile(dir, names[0], func(path string, r io.Reader) (err error) {
		grey, err = readIDX(r, f.name, path, []int{n, f.side, f.side}, sum)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = f.withFile(dir, names[1], func(path string, r io.Reader) (err error) {
		if marks, err = readIDX(r, f.name, path, []int{n}, sum); err != nil {
			return err
		}
		return checkLabels(marks, len(f.classes), f.name, path, 8)
	})
	if err != nil {
		return nil, err
	}
	labels := make([]int, n)
	for i, l := range marks {
		labels[i] = int(l)
	}
	return &Memory{name: f.name + "/" + partNames[part], height: f.side, width: f.side, pixels: greyToRGB(grey),
		labels: labels, classes: f.classes, sum: hex.EncodeToString(sum.Sum(nil))}, nil
}

// withFile calls read with the bytes of a file of the set, decompressed if need be.
func (f *files) withFile(dir, name string, read func(path string, r io.Reader) error) error {
	path, err := f.path(dir, name)
	if err == nil && path == "" {
		err = &IncompleteError{f.name, dir, []string{name}}
	}
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("data set %s: %w", f.name, err)
	}
	defer file.Close()
	var r io.Reader = bufio.NewReaderSize(file, 1<<18)
	if strings.HasSuffix(path, ".gz") {
		head, _ := r.(*bufio.Reader).Peek(32)
		z, err := gzip.NewReader(r)
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return &FileError{Set: f.name, Path: path, Problem: "want a gzip file" + kindOf(head), Err: err}
		}
		r = z
	}
	return read(filepath.Clean(path), r)
}
