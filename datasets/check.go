package datasets

import (
	"bufio"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/hardneg/hardneg/lib/suggest"
)

// FileCheck is what Check found out about one file.
type FileCheck struct {
	Path   string
	Bytes  int64
	MD5    string // of the file
	SHA256 string // of what it holds, decompressed
	// Verdict says whose bytes these are: VerdictOfficial and so on.
	Verdict string
}

// What a FileCheck can say of a file whose length and labels are right.
const (
	VerdictOfficial  = "as published (md5)"
	VerdictPayload   = "as published (sha256 of what it holds; compressed anew)"
	VerdictUnpacked  = "as unpacked from the published archive (sha256)"
	VerdictOwn       = "own order or edition: length and labels are right, the sum is not the published one"
	VerdictNoSumHere = "length and labels are right; no sum is published for this file, so its order is not known to be the official one"
)

// Check finds a set, as Open does, reads all of it and compares the sums of its files with those published. Files
// that Open refuses are an error; another order of the images is not, and is told by the verdict. A set that is
// computed has no files: the list is empty.
func Check(name, dir string) ([]FileCheck, error) {
	if name == "taxa" {
		return nil, nil
	}
	f := filesOf(name)
	if f == nil {
		return nil, suggest.Unknown("data set", name, Names())
	}
	folder, err := f.find(dir)
	if err != nil {
		return nil, err
	}
	for part := range partNames {
		if _, err := f.read(f, folder, part); err != nil {
			return nil, err
		}
	}
	unpacked, err := readSums(filepath.Join(folder, sumsFile), f)
	if err != nil {
		return nil, err
	}
	list := make([]FileCheck, 0, len(f.names))
	for _, file := range f.names {
		c := FileCheck{}
		err := f.withFile(folder, file, func(path string, r io.Reader) error {
			c.Path = path
			h := sha256.New()
			_, err := io.Copy(h, r)
			c.SHA256 = hex.EncodeToString(h.Sum(nil))
			return err
		})
		if err == nil {
			c.MD5, c.Bytes, err = md5File(c.Path)
		}
		if err != nil {
			return nil, err
		}
		c.Verdict = f.verdict(file, c, unpacked[file])
		list = append(list, c)
	}
	return list, nil
}

// verdict judges the file that is called name in the set's own words; unpacked is its sum in sumsFile, or "".
func (f *files) verdict(name string, c FileCheck, unpacked string) string {
	published := f.md5[filepath.Base(c.Path)]
	switch {
	case published != "" && c.MD5 == published:
		return VerdictOfficial
	case f.sha256[name] != "" && c.SHA256 == f.sha256[name]:
		return VerdictPayload
	case published != "" || f.sha256[name] != "":
		return VerdictOwn
	case unpacked == "":
		return VerdictNoSumHere
	case c.SHA256 == unpacked:
		return VerdictUnpacked
	}
	return VerdictOwn
}

// readSums reads the sums that Get left in a folder; none if there is no such file or it is of another archive.
func readSums(path string, f *files) (map[string]string, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	sums, ours := map[string]string{}, false
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		for _, d := range f.downloads {
			ours = ours || strings.HasPrefix(line, "#") && strings.HasSuffix(line, "md5 "+d.md5)
		}
		if sum, name, ok := strings.Cut(line, "  "); ok && len(sum) == hex.EncodedLen(sha256.Size) {
			sums[name] = sum
		}
	}
	if !ours {
		return nil, nil
	}
	return sums, nil
}

// md5File is the md5, in hexadecimal, and the length of a file.
func md5File(path string) (sum string, size int64, err error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := md5.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}
