package experiment

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hardneg/hardneg/lib/atomicfile"
)

// failedSuffix ends the name of a record of a run that did not finish: it counts as not recorded.
const failedSuffix = ".failed"

// Write stores r in the folder dir, whole or not at all, and returns its path. Two processes that run the same
// setting write the same name; the later one wins, and no reader ever sees half a file.
func (r *Record) Write(dir string) (path string, err error) {
	name := r.Setting.FileName()
	if r.Failure != "" {
		name += failedSuffix
	}
	path = filepath.Join(dir, name)
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return "", fmt.Errorf("record of %v: %w", r.Setting, err)
	}
	return path, atomicfile.WriteBytes(path, append(b, '\n'))
}

// ReadRecord reads one record of this format or an older one.
func ReadRecord(path string) (*Record, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r, err := parseRecord(b)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", path, err)
	}
	return r, nil
}

func parseRecord(b []byte) (*Record, error) {
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, fmt.Errorf("not a whole record (%w): delete it and run its setting again", err)
	}
	switch {
	case head.Format > RecordFormat:
		return nil, fmt.Errorf("format %d is newer than %d, the newest that this program reads: update hardneg", head.Format, RecordFormat)
	case head.Format < 1:
		return nil, errors.New("it names no format: not a record of hardneg")
	}
	var r Record
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("format %d: %w", head.Format, err)
	}
	if r.Setting.Version == SettingVersion && r.Setting.Hash() != r.Hash {
		return nil, fmt.Errorf("its setting hashes to %s, not to %s as it says: it was edited; delete it and run its setting again",
			r.Setting.Hash(), r.Hash)
	}
	if r.Failure == "" && r.Result == nil {
		return nil, errors.New("it holds neither a result nor a failure")
	}
	if err := r.whole(); err != nil {
		return nil, fmt.Errorf("%w: delete it and run its setting again", err)
	}
	return &r, nil
}

// whole is an error where a finished record lacks what figures draw.
func (r *Record) whole() error {
	if r.Result != nil && r.Setting.Method == MoCo && len(r.History) == 0 {
		return errors.New("it has a result and no epoch")
	}
	if n := r.Negatives; n != nil && (len(n.All) == 0 || len(n.Kept) != len(n.All) || len(n.Positive) != len(n.All) || len(n.Edges) != len(n.All)+1) {
		return fmt.Errorf("its histograms have %d, %d and %d bins between %d edges", len(n.All), len(n.Kept), len(n.Positive), len(n.Edges))
	}
	return nil
}

// ReadRecords reads all finished records of a folder, in the order of their names. A JSON file that is no record is
// an error, other files are passed over.
func ReadRecords(dir string) ([]*Record, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var records []*Record
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".json") || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		r, err := ReadRecord(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b *Record) int { return strings.Compare(a.Setting.FileName(), b.Setting.FileName()) })
	return records, nil
}

// Recorded returns the finished record of s in dir, or nil where there is none. A record of another setting under the
// name of s is an error.
func Recorded(dir string, s Setting) (*Record, error) {
	path := filepath.Join(dir, s.FileName())
	r, err := ReadRecord(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case r.Hash != s.Hash():
		return nil, fmt.Errorf("record %s is of %v (%s): it was renamed; give it the name %s again, or delete it", path, r.Setting, r.Hash, r.Setting.FileName())
	}
	return r, nil
}

// probeBytes is more than a record of ours has.
const probeBytes = 1 << 20

// ProbeFolder makes the folder dir where it is missing and writes a file of a megabyte into it, which it removes:
// a folder that cannot be written to, or a full disk, is an error before hours of training and not after them.
func ProbeFolder(dir string) error {
	probe := filepath.Join(dir, ".hardneg-probe")
	err := atomicfile.Write(probe, func(w io.Writer) error {
		_, err := w.Write(make([]byte, probeBytes))
		return err
	})
	if err != nil {
		return fmt.Errorf("results cannot be kept in %s: %w; choose another folder or make room", dir, err)
	}
	if err := os.Remove(probe); err != nil && !errors.Is(err, fs.ErrNotExist) { // another process may have probed too
		return err
	}
	return nil
}
