package experiment

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestBits(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 9, 100} {
		b := make(Bits, n)
		for i := range b {
			b[i] = i%3 == 0
		}
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		var back Bits
		if err := json.Unmarshal(text, &back); err != nil || len(back) != n || back.Count() != (n+2)/3 {
			t.Errorf("%s reads as %v (%v)", text, back, err)
		}
	}
	for _, text := range []string{`5`, `"5"`, `"9:AA=="`, `"-1:"`, `"8:!!"`} {
		if err := json.Unmarshal([]byte(text), new(Bits)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}

func FuzzRecord(f *testing.F) {
	b, err := os.ReadFile("testdata/version1.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = parseRecord(b) })
}

// A record of format 1, kept as it was written. It must be readable for good.
func TestVersion1StaysReadable(t *testing.T) {
	r, err := ReadRecord("testdata/version1.json")
	if err != nil {
		t.Fatal(err)
	}
	if r.Format != 1 || r.Setting.Policy != "0-5" || r.Result.Linear.Correct.Count() == 0 || len(r.History) != r.Setting.Epochs ||
		r.Negatives.Slots != r.Setting.Queue || r.Data.Train.Sum == "" || r.Environment.Engine == "" {
		t.Errorf("%+v", r)
	}
	if got, want := float64(r.Result.Linear.Correct.Count())/float64(len(r.Result.Linear.Correct)), r.Result.Linear.Accuracy; got != want {
		t.Errorf("%v of the bits are set, the accuracy is %v", got, want)
	}
	b, _ := os.ReadFile("testdata/version1.json")
	dir := t.TempDir()
	path, err := r.Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(path); RecordFormat == 1 && !bytes.Equal(again, b) {
		t.Error("written again it is another file")
	}
	if back, err := Recorded(dir, r.Setting); err != nil || back == nil {
		t.Errorf("it is not found under its setting: %v", err)
	}
}

func TestBadRecords(t *testing.T) {
	good, err := os.ReadFile("testdata/version1.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, words string }{
		{"truncated", string(good[:len(good)/2]), "not a whole record"},
		{"empty", "", "not a whole record"},
		{"foreign", `{"name": "x"}`, "not a record of hardneg"},
		{"newer", `{"format": 99}`, "update hardneg"},
		{"edited", strings.Replace(string(good), `"temperature": 0.1`, `"temperature": 0.2`, 1), "edited"},
		{"without result", `{"format": 1}`, "neither a result nor a failure"},
		{"without history", regexp.MustCompile(`(?s)"history": \[.*?\],\n "result"`).ReplaceAllString(string(good), `"result"`), "no epoch"},
		{"without an edge", regexp.MustCompile(`"edges": \[[^,]*,`).ReplaceAllString(string(good), `"edges": [`), "edges"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, c.name+".json")
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadRecords(dir); err == nil || !strings.Contains(err.Error(), c.words) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want its path and %q", c.name, err, c.words)
		}
	}
}

// A copy of a record under the name of another setting is not that setting's record.
func TestRenamedRecordIsRefused(t *testing.T) {
	r, err := ReadRecord("testdata/version1.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path, err := r.Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	other := r.Setting
	other.Seed++
	if err := os.Rename(path, filepath.Join(dir, other.FileName())); err != nil {
		t.Fatal(err)
	}
	if got, err := Recorded(dir, other); got != nil || err == nil || !strings.Contains(err.Error(), r.Hash) || !strings.Contains(err.Error(), other.FileName()) {
		t.Errorf("%v, %v: want an error with the file and the record's hash", got, err)
	}
}

func TestFolderIsProbed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	if err := ProbeFolder(dir); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("the probe leaves %v", left)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := ProbeFolder(file); err == nil || !strings.Contains(err.Error(), "choose another folder") {
		t.Errorf("a file in the place of the folder: %v", err)
	}
	if os.Geteuid() != 0 { // root writes anywhere
		closed := t.TempDir()
		if err := os.Chmod(closed, 0o555); err != nil {
			t.Fatal(err)
		}
		if err := ProbeFolder(closed); err == nil {
			t.Error("a read-only folder passes")
		}
	}
}
