package datasets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Small sets in the official formats: the descriptions of the real ones with fewer images.
func tinyCIFAR10() *files {
	f := *cifar10Files
	f.images = [2]int{15, 4}
	return &f
}

func tinyCIFAR100() *files {
	f := *cifar100Files
	f.images = [2]int{7, 3}
	return &f
}

func tinyFashion() *files {
	f := *fashionFiles
	f.images = [2]int{6, 2}
	return &f
}

// record is CIFAR record i: the labels, then planes whose pixel p is i + p, i + p + 1 and i + p + 2.
func record(i int, labels ...byte) []byte {
	for c := range 3 {
		for p := range cifarPlane {
			labels = append(labels, byte(i+p+c))
		}
	}
	return labels
}

func cifar10File(n int) (b []byte) {
	for i := range n {
		b = append(b, record(i, byte(i%10))...)
	}
	return b
}

func cifar100File(n int) (b []byte) {
	for i := range n {
		fine := i * 31 % 100
		b = append(b, record(i, byte(cifar100Parent[fine]), byte(fine))...)
	}
	return b
}

func idx(values []byte, dims ...uint32) []byte {
	b := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, d)
	}
	return append(b, values...)
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func write(t *testing.T, dir string, content map[string][]byte) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, b := range content {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func cifar10Content() map[string][]byte {
	c := map[string][]byte{"test_batch.bin": cifar10File(4)}
	for _, name := range cifar10Files.names[:5] {
		c[name] = cifar10File(3)
	}
	return c
}

func fashionContent() map[string][]byte {
	return map[string][]byte{
		"train-images-idx3-ubyte.gz": zipped(idx(bytes.Repeat([]byte{1, 2, 3, 4}, 6*196), 6, 28, 28)),
		"train-labels-idx1-ubyte":    idx([]byte{0, 1, 2, 3, 4, 9}, 6),
		"t10k-images-idx3-ubyte":     idx(make([]byte, 2*784), 2, 28, 28),
		"t10k-labels-idx1-ubyte.gz":  zipped(idx([]byte{5, 6}, 2)),
	}
}

func TestReadCIFAR(t *testing.T) {
	f, dir := tinyCIFAR10(), write(t, t.TempDir(), cifar10Content())
	train, err := f.read(f, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	if train.Len() != 15 || train.Name() != "cifar10/train" {
		t.Fatalf("%d images of %s", train.Len(), train.Name())
	}
	for i := range 15 {
		img, _ := train.Image(i)
		for p := range cifarPlane {
			for c := range 3 {
				if img[3*p+c] != byte(i%3+p+c) {
					t.Fatalf("image %d, pixel %d, channel %d: %d", i, p, c, img[3*p+c])
				}
			}
		}
		if train.Label(i) != i%3 {
			t.Errorf("label %d of image %d", train.Label(i), i)
		}
	}
	var all []byte
	for _, name := range f.names[:5] {
		all = append(all, cifar10Content()[name]...)
	}
	if want := hexSum(all); train.Sum() != want {
		t.Errorf("sum %s, want %s", train.Sum(), want)
	}

	g, dir := tinyCIFAR100(), write(t, t.TempDir(), map[string][]byte{"train.bin": cifar100File(7), "test.bin": cifar100File(3)})
	fine, err := g.read(g, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	coarse := fine.atLevel(0, "coarse")
	for i := range 7 {
		label := i * 31 % 100
		if fine.Label(i) != label || coarse.Label(i) != cifar100Parent[label] || coarse.Classes()[coarse.Label(i)] != cifar100Coarse[cifar100Parent[label]] {
			t.Errorf("image %d: labels %d and %d", i, fine.Label(i), coarse.Label(i))
		}
	}
	if l := Levels(coarse); len(l) != 2 || l[0].Name != "superclass" || !slices.Equal(l[1].Labels, fine.labels) {
		t.Errorf("levels %v", l)
	}
}

func hexSum(b []byte) string {
	m := sha256.Sum256(b)
	const digits = "0123456789abcdef"
	var s strings.Builder
	for _, v := range m {
		s.WriteByte(digits[v>>4])
		s.WriteByte(digits[v&15])
	}
	return s.String()
}

func TestReadFashion(t *testing.T) {
	f, dir := tinyFashion(), write(t, t.TempDir(), fashionContent())
	train, err := f.read(f, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	test, err := f.read(f, dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	img, _ := train.Image(5)
	if !bytes.Equal(img[:12], []byte{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4}) || len(img) != 784*3 {
		t.Errorf("image 5 begins %v", img[:12])
	}
	if train.Label(5) != 9 || test.Label(1) != 6 || test.Len() != 2 {
		t.Errorf("labels %v, %v", train.labels, test.labels)
	}
	if want := hexSum(append(idx(make([]byte, 2*784), 2, 28, 28), idx([]byte{5, 6}, 2)...)); test.Sum() != want {
		t.Errorf("sum %s, want that of the decompressed bytes, %s", test.Sum(), want)
	}
}

// Every way in which a file can be wrong, with the offset that is told.
func TestBadFiles(t *testing.T) {
	long := func(b []byte) []byte { return append(slices.Clone(b), 0) }
	set := func(b []byte, at int, v byte) []byte { b = slices.Clone(b); b[at] = v; return b }
	fashion := fashionContent()
	images := idx(make([]byte, 2*784), 2, 28, 28)
	packed := zipped(idx([]byte{5, 6}, 2))
	for _, c := range []struct {
		what, file string
		content    []byte
		offset     int64
		want       []string
	}{
		{"truncated", "data_batch_3.bin", cifar10File(3)[:5000], 5000, []string{"ends in record 1", "3 records of 3073 bytes, 9219 in all"}},
		{"empty", "data_batch_1.bin", nil, 0, []string{"ends in record 0"}},
		{"too long", "test_batch.bin", long(cifar10File(4)), 4 * 3073, []string{"goes on"}},
		{"bad label", "data_batch_2.bin", set(cifar10File(3), 3073, 10), 3073, []string{"label 10 in record 1", "0 to 9"}},
		{"pickle", "data_batch_1.bin", append([]byte{0x80, 2}, cifar10File(3)...), 0, []string{"label 128", "Python pickle"}},
		{"pointer", "data_batch_1.bin", []byte("version https://git-lfs.github.com/spec/v1\n"), 43, []string{"Git LFS"}},
		{"bad superclass", "train.bin", set(cifar100File(7), 3074*2, 20), 3074 * 2, []string{"label 20 in record 2", "0 to 19"}},
		{"bad class", "train.bin", set(cifar100File(7), 3074*2+1, 100), 3074*2 + 1, []string{"label 100 in record 2", "0 to 99"}},
		{"class in another superclass", "test.bin", set(cifar100File(3), 3074, 3), 3074, []string{"record 1 has class 31 in superclass 3", "want superclass"}},
		{"swapped labels", "test.bin", append(record(0, 99, 9), cifar100File(3)[3074:]...), 0, []string{"label 99"}},
		{"foreign", "t10k-images-idx3-ubyte", []byte("<!DOCTYPE html><html>404"), 0, []string{"magic number 0x3c21444f", "0x00000803", "web page"}},
		{"short header", "t10k-images-idx3-ubyte", images[:9], 9, []string{"header of 16 bytes"}},
		{"other size", "t10k-images-idx3-ubyte", idx(make([]byte, 2*1024), 2, 32, 32), 8, []string{"dimension 1 has length 32, want 28"}},
		{"other count", "t10k-images-idx3-ubyte", idx(nil, 0xffffffff, 28, 28), 4, []string{"length 4294967295, want 2"}},
		{"labels for images", "t10k-images-idx3-ubyte", idx([]byte{5, 6, 7, 8, 9, 1, 1, 2, 3}, 9), 0, []string{"magic number 0x00000801"}},
		{"truncated images", "t10k-images-idx3-ubyte", images[:1000], 1000, []string{"want 1568 bytes"}},
		{"too many images", "t10k-images-idx3-ubyte", long(images), 1584, []string{"goes on"}},
		{"bad mark", "train-labels-idx1-ubyte", idx([]byte{0, 1, 2, 10, 4, 9}, 6), 11, []string{"label 10 of image 3", "0 to 9"}},
		{"not gzip", "t10k-labels-idx1-ubyte.gz", []byte("PK\x03\x04 zip"), 0, []string{"want a gzip file", "zip archive"}},
		{"empty gzip", "t10k-labels-idx1-ubyte.gz", nil, 0, []string{"want a gzip file"}},
		{"truncated gzip", "t10k-labels-idx1-ubyte.gz", packed[:len(packed)-4], 10, []string{"cannot be read to its end"}},
		{"bad checksum", "t10k-labels-idx1-ubyte.gz", set(packed, len(packed)-6, packed[len(packed)-6]^1), 10, []string{"gzip: invalid checksum"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			f, content := tinyFashion(), fashion
			switch {
			case strings.Contains(c.file, "batch"):
				f, content = tinyCIFAR10(), cifar10Content()
			case strings.HasSuffix(c.file, ".bin"):
				f, content = tinyCIFAR100(), map[string][]byte{"train.bin": cifar100File(7), "test.bin": cifar100File(3)}
			}
			dir := write(t, write(t, t.TempDir(), content), map[string][]byte{c.file: c.content})
			_, err1 := f.read(f, dir, 0)
			_, err2 := f.read(f, dir, 1)
			var bad *FileError
			if !errors.As(errors.Join(err1, err2), &bad) {
				t.Fatalf("error %v", errors.Join(err1, err2))
			}
			if bad.Offset != c.offset {
				t.Errorf("offset %d, want %d", bad.Offset, c.offset)
			}
			wantError(t, bad, append(c.want, filepath.Join(dir, c.file), "hardneg data get "+f.name)...)
		})
	}
}

func FuzzReadCIFAR(f *testing.F) {
	f.Add(cifar10File(2), false)
	f.Add(cifar100File(2), true)
	f.Add(cifar100File(2)[:4000], true)
	f.Add([]byte("version https://git-lfs"), false)
	f.Fuzz(func(t *testing.T, b []byte, fine bool) {
		c := cifar10Records
		if fine {
			c = cifar100Records
		}
		data := newCIFARData(2)
		err := c.read(data, bytes.NewReader(b), "fuzz.bin", 2, sha256.New())
		var bad *FileError
		if err == nil {
			if len(b) != 2*c.recordBytes() || len(data.pixels) != 2*3*cifarPlane {
				t.Fatalf("%d bytes were accepted", len(b))
			}
		} else if !errors.As(err, &bad) || bad.Offset < 0 || bad.Offset > int64(len(b)) {
			t.Fatalf("error %v of %d bytes", err, len(b))
		}
	})
}

func FuzzReadIDX(f *testing.F) {
	f.Add(idx([]byte{1, 2, 3, 4, 5, 6}, 1, 2, 3))
	f.Add(idx([]byte{1, 2, 3, 4, 5}, 1, 2, 3))
	f.Add(idx(nil, 0xffffffff, 0xffffffff, 0xffffffff))
	f.Fuzz(func(t *testing.T, b []byte) {
		values, err := readIDX(io.Reader(bytes.NewReader(b)), "fuzz", "fuzz", []int{1, 2, 3}, sha256.New())
		var bad *FileError
		if err == nil {
			if !bytes.Equal(b, idx(values, 1, 2, 3)) {
				t.Fatalf("%v was read from %v", values, b)
			}
		} else if !errors.As(err, &bad) || bad.Offset < 0 || bad.Offset > int64(len(b)) {
			t.Fatalf("error %v of %d bytes", err, len(b))
		}
	})
}
