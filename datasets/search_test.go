package datasets

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// at makes places the only ones where sets are looked for.
func at(t *testing.T, environment, cache, system string) {
	t.Helper()
	t.Setenv("HARDNEG_DATA", environment)
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	t.Setenv("LocalAppData", cache)
	old := systemFolders
	systemFolders = []string{system}
	t.Cleanup(func() { systemFolders = old })
}

func TestFindSearchesInOrder(t *testing.T) {
	if runtime.GOOS == "darwin" {
		t.Skip("the cache's folder does not come from the environment there")
	}
	var places [4]string
	for i := range places {
		places[i] = t.TempDir()
	}
	at(t, t.TempDir()+string(os.PathListSeparator)+places[1], places[2], places[3])
	f := tinyCIFAR10()
	want := []string{
		write(t, filepath.Join(places[0]), cifar10Content()), // the folder itself
		write(t, filepath.Join(places[1], "cifar-10-batches-bin"), cifar10Content()),
		write(t, filepath.Join(places[2], "hardneg", "cifar-10-batches-bin"), cifar10Content()),
		write(t, filepath.Join(places[3], "cifar-10-batches-bin"), cifar10Content()),
	}
	for _, folder := range want {
		got, err := f.find(places[0])
		if err != nil || got != folder {
			t.Fatalf("found %s (%v), want %s", got, err, folder)
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
	}
	_, err := f.find(places[0])
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v is not fs.ErrNotExist", err)
	}
	wantError(t, err, append(want, "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", "170052171 bytes",
		"c32a1d4ab5d03f1284b67883e8d87530", "hardneg data get cifar10", "does not exist")...)
}

func TestFindNoticesWhatIsAlmostRight(t *testing.T) {
	at(t, "", t.TempDir(), t.TempDir())
	f, dir := tinyCIFAR10(), t.TempDir()
	write(t, dir, map[string][]byte{"cifar-10-binary.tar.gz": nil})
	_, err := f.find(dir)
	wantError(t, err, "has cifar-10-binary.tar.gz, which is to be unpacked")
	os.Remove(filepath.Join(dir, "cifar-10-binary.tar.gz"))
	write(t, filepath.Join(dir, "cifar-10-batches-py"), nil)
	_, err = f.find(dir)
	wantError(t, err, "Python version")
	some := cifar10Content()
	delete(some, "data_batch_4.bin")
	folder := write(t, filepath.Join(dir, "cifar-10-batches-bin"), some)
	for _, given := range []string{dir, folder} {
		_, err = f.find(given)
		var incomplete *IncompleteError
		if !errors.As(err, &incomplete) {
			t.Fatalf("error %v", err)
		}
		wantError(t, err, folder, "data_batch_4.bin", "hardneg data get cifar10")
	}
}

func TestFindTakesOtherLayouts(t *testing.T) {
	at(t, "", t.TempDir(), t.TempDir())
	f, dir := tinyFashion(), t.TempDir()
	want := write(t, filepath.Join(dir, "FashionMNIST", "raw"), fashionContent())
	if got, err := f.find(dir); err != nil || got != want {
		t.Errorf("found %s, %v, want %s", got, err, want)
	}
}

func TestOpenRefusesUnknownSets(t *testing.T) {
	_, _, err := Open("cifar-10", Options{})
	wantError(t, err, `did you mean "cifar10"`, "fashion-mnist")
	_, _, err = Open("cifar10", Options{Coarse: true})
	wantError(t, err, "no coarse labels")
	_, _, err = Open("taxa", Options{Coarse: true})
	wantError(t, err, "no coarse labels")
	_, _, err = Open("cifar10", Options{Size: 16})
	wantError(t, err, "32 pixels", "Resize")
	_, _, err = Open("fashion-mnist", Options{Train: 100})
	wantError(t, err, "60000 and 10000", "Sample")
}

func TestCheckAndVerdicts(t *testing.T) {
	at(t, "", t.TempDir(), t.TempDir())
	c := FileCheck{Path: "x/train.bin", MD5: "m", SHA256: "s"}
	f := files{md5: map[string]string{"train.bin": "m"}}
	if v := f.verdict("train.bin", c, ""); v != VerdictOfficial {
		t.Error(v)
	}
	f.md5["train.bin"] = "other"
	if v := f.verdict("train.bin", c, ""); v != VerdictOwn {
		t.Error(v)
	}
	f.sha256 = map[string]string{"train.bin": "s"}
	if v := f.verdict("train.bin", c, ""); v != VerdictPayload {
		t.Error(v)
	}
	f = files{}
	for unpacked, want := range map[string]string{"": VerdictNoSumHere, "s": VerdictUnpacked, "t": VerdictOwn} {
		if v := f.verdict("train.bin", c, unpacked); v != want {
			t.Errorf("unpacked %q: %s", unpacked, v)
		}
	}
	if list, err := Check("taxa", ""); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	_, err := Check("cifar10", "")
	wantError(t, err, "is not here")
	_, err = Check("cifar11", "")
	wantError(t, err, "did you mean")
	for _, s := range List("") {
		if s.Here != (s.Name == "taxa") || s.Problem != nil || s.Classes == 0 || s.Train == 0 {
			t.Errorf("%+v", s)
		}
	}
}
