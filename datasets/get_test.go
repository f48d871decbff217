package datasets

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func sumOf(b []byte) string {
	s := md5.Sum(b)
	return hex.EncodeToString(s[:])
}

// server sends content at /name. Its ways can be changed between requests.
type server struct {
	*httptest.Server
	content   map[string][]byte
	mu        sync.Mutex
	requests  []string // "name range"
	cut       int      // sends so many bytes and then breaks the connection; 0 sends all
	noRange   bool     // ignores Range
	status    int      // answers this, if not 0
	noLength  bool     // does not say how long the answer is
	wait      chan struct{}
	delivered func()
}

func serve(t *testing.T, content map[string][]byte) *server {
	s := &server{content: content}
	s.Server = httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(s.Close)
	return s
}

func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strings.TrimPrefix(r.URL.Path, "/")
	s.requests = append(s.requests, strings.TrimSpace(name+" "+r.Header.Get("Range")))
	b, ok := s.content[name]
	switch {
	case s.status != 0:
		http.Error(w, "no", s.status)
		return
	case !ok:
		http.NotFound(w, r)
		return
	}
	first := 0
	if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &first); err == nil && !s.noRange {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, len(b)-1, len(b)))
		b = b[first:]
	} else {
		first = 0
	}
	if !s.noLength {
		w.Header().Set("Content-Length", fmt.Sprint(len(b)))
	}
	if w.Header().Get("Content-Range") != "" {
		w.WriteHeader(http.StatusPartialContent)
	}
	if s.noLength {
		w.(http.Flusher).Flush()
	}
	if s.cut > 0 && s.cut < len(b) {
		w.Write(b[:s.cut])
		w.(http.Flusher).Flush()
		if s.delivered != nil {
			s.delivered()
			<-s.wait
		}
		panic(http.ErrAbortHandler)
	}
	w.Write(b)
}

// downloadable is the tiny CIFAR-10 at a server, and what is in its archive.
func downloadable(t *testing.T) (*files, *server) {
	t.Helper()
	members := []string{"cifar-10-batches-bin/", "", "cifar-10-batches-bin/readme.html", "<html>"}
	for name, b := range cifar10Content() {
		members = append(members, "cifar-10-batches-bin/"+name, string(b))
	}
	archive := tarGz(t, members...)
	s := serve(t, map[string][]byte{"cifar-10-binary.tar.gz": archive})
	f := tinyCIFAR10()
	f.address = s.URL + "/"
	f.downloads = []download{{"cifar-10-binary.tar.gz", int64(len(archive)), sumOf(archive), true}}
	return f, s
}

func get(f *files, dir string) error { return f.get(context.Background(), dir, func(Progress) {}) }

func wantWhole(t *testing.T, f *files, dir string) {
	t.Helper()
	folder := filepath.Join(dir, f.folders[0])
	if !f.whole(folder) {
		t.Fatalf("%s is not whole", folder)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestGetArchive(t *testing.T) {
	f, s := downloadable(t)
	dir := filepath.Join(t.TempDir(), "made")
	var last Progress
	if err := f.get(context.Background(), dir, func(p Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	wantWhole(t, f, dir)
	if want := f.downloads[0].size; last.Done != want || last.Total != want || last.Address != s.URL+"/cifar-10-binary.tar.gz" {
		t.Errorf("progress ended at %+v", last)
	}
	folder := filepath.Join(dir, f.folders[0])
	sums, err := readSums(filepath.Join(folder, sumsFile), f)
	if err != nil || sums["test_batch.bin"] != hexSum(cifar10File(4)) {
		t.Errorf("sums %v, %v", sums, err)
	}
	if err := get(f, dir); err != nil || len(s.requests) != 1 {
		t.Errorf("a second call: %v, requests %v", err, s.requests)
	}
	// A corrupt file is replaced.
	write(t, folder, map[string][]byte{"test_batch.bin": []byte("broken")})
	if err := get(f, dir); err != nil || len(s.requests) != 2 {
		t.Errorf("after damage: %v, requests %v", err, s.requests)
	}
	wantWhole(t, f, dir)
}

func TestGetPlainFiles(t *testing.T) {
	s, f := serve(t, map[string][]byte{}), tinyFashion()
	f.address, f.downloads = s.URL+"/", nil
	for name, b := range fashionContent() {
		if !strings.HasSuffix(name, ".gz") {
			name, b = name+".gz", zipped(b)
		}
		s.content[name] = b
		f.downloads = append(f.downloads, download{name, int64(len(b)), sumOf(b), false})
	}
	dir := t.TempDir()
	if err := get(f, dir); err != nil {
		t.Fatal(err)
	}
	wantWhole(t, f, dir)
}

func TestGetGoesOn(t *testing.T) {
	for _, noRange := range []bool{false, true} {
		for _, noLength := range []bool{false, true} {
			f, s := downloadable(t)
			dir, part := t.TempDir(), "cifar-10-binary.tar.gz.part"
			s.noLength = noLength
			s.cut = 300
			err := get(f, dir)
			wantError(t, err, "300 of", part, "goes on from there")
			if info, err := os.Stat(filepath.Join(dir, part)); err != nil || info.Size() != 300 {
				t.Fatalf("part: %v, %v", info, err)
			}
			s.cut, s.noRange = 0, noRange
			if err := get(f, dir); err != nil {
				t.Fatal(err)
			}
			wantWhole(t, f, dir)
			if got := strings.Join(s.requests, ", "); got != "cifar-10-binary.tar.gz, cifar-10-binary.tar.gz bytes=300-" {
				t.Errorf("requests %s", got)
			}
		}
	}
}

func TestGetTakesWhatIsThere(t *testing.T) {
	f, s := downloadable(t)
	archive := s.content["cifar-10-binary.tar.gz"]
	for _, name := range []string{"cifar-10-binary.tar.gz", "cifar-10-binary.tar.gz.part"} {
		dir := write(t, t.TempDir(), map[string][]byte{name: archive})
		if err := get(f, dir); err != nil {
			t.Fatal(err)
		}
		wantWhole(t, f, dir)
	}
	if len(s.requests) != 0 {
		t.Errorf("requests %v", s.requests)
	}
	dir := write(t, t.TempDir(), map[string][]byte{"cifar-10-binary.tar.gz.part": append(archive, 1, 2)})
	if err := get(f, dir); err != nil { // of another file: begins anew
		t.Fatal(err)
	}
	wantWhole(t, f, dir)
}

func TestGetRefusesOtherBytes(t *testing.T) {
	f, s := downloadable(t)
	dir := t.TempDir()
	part := filepath.Join(dir, "cifar-10-binary.tar.gz.part")
	right := s.content["cifar-10-binary.tar.gz"]
	wrong := bytes.Clone(right)
	wrong[100] ^= 1
	s.content["cifar-10-binary.tar.gz"] = wrong
	err := get(f, dir)
	wantError(t, err, sumOf(wrong), f.downloads[0].md5, "begins anew")
	if _, err := os.Stat(part); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the part stays: %v", err)
	}
	s.content["cifar-10-binary.tar.gz"] = append(bytes.Clone(right), 7)
	err = get(f, dir)
	wantError(t, err, fmt.Sprintf("the server has %d bytes", len(right)+1), fmt.Sprint("want ", len(right)))
	s.noLength = true
	err = get(f, dir)
	wantError(t, err, "sends more than")
	s.content["cifar-10-binary.tar.gz"] = right[:len(right)-9]
	os.Remove(part)
	err = get(f, dir)
	wantError(t, err, "unexpected EOF")
	s.status = 503
	err = get(f, dir)
	wantError(t, err, "503")
	s.status, s.content["cifar-10-binary.tar.gz"] = 0, right
	if err := get(f, dir); err != nil {
		t.Fatal(err)
	}
	wantWhole(t, f, dir)
}

func TestGetStopsWithItsContext(t *testing.T) {
	f, s := downloadable(t)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	arrived := make(chan struct{})
	s.cut, s.wait = 200, make(chan struct{})
	s.delivered = func() { close(arrived) }
	done := make(chan error)
	go func() { done <- f.get(ctx, dir, func(p Progress) {}) }()
	<-arrived
	// While it waits, the folder is locked.
	if err := get(f, dir); !errors.Is(err, errLocked) {
		t.Errorf("a second download at once: %v", err)
	}
	part := filepath.Join(dir, "cifar-10-binary.tar.gz.part")
	for range 500 { // what was sent has been written
		if info, err := os.Stat(part); err == nil && info.Size() == 200 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	err := <-done
	close(s.wait)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if info, err := os.Stat(part); err != nil || info.Size() != 200 {
		t.Fatalf("part: %v, %v", info, err)
	}
	s.mu.Lock()
	s.cut, s.delivered = 0, nil
	s.mu.Unlock()
	if err := get(f, dir); err != nil {
		t.Fatal(err)
	}
	wantWhole(t, f, dir)
}

// A full disk, as /dev/full plays it: the error is told, the part stays.
func TestGetOnAFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	var kept bytes.Buffer
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	sum := md5.New()
	first := true // the first write fits, the second does not
	w := writerFunc(func(b []byte) (int, error) {
		if first {
			first = false
			return kept.Write(b)
		}
		return full.Write(b)
	})
	body := io.MultiReader(strings.NewReader("12345"), strings.NewReader("67890"))
	done, err := pour(context.Background(), w, sum, body, 0, 10, func(int64) {})
	wantError(t, err, "no space left")
	if done != 5 || kept.String() != "12345" || hex.EncodeToString(sum.Sum(nil)) != sumOf([]byte("12345")) {
		t.Errorf("%d bytes, %q kept", done, kept.String())
	}
}

type writerFunc func(b []byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestGetIntoAReadOnlyFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o644)
	f, s := downloadable(t)
	if err := get(f, file); err == nil || len(s.requests) != 0 {
		t.Errorf("error %v, requests %v", err, s.requests)
	}
}

func TestGetKnowsItsSets(t *testing.T) {
	wantError(t, Get(context.Background(), "taxa", "", nil), "nothing to download")
	wantError(t, Get(context.Background(), "cifar", t.TempDir(), nil), "did you mean")
}
