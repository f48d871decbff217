package experiment

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"testing"
)

// With sweepInto set this test binary is a program that runs processPlan into that folder.
const sweepInto = "HARDNEG_TEST_SWEEP_INTO"

func TestMain(m *testing.M) {
	if dir := os.Getenv(sweepInto); dir != "" {
		records, err := Sweep(context.Background(), processPlan(), Options{Dir: dir})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(len(records), "records")
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func processPlan() []Setting {
	var plan []Setting
	for _, policy := range []string{"0-100", "0-50", "50-100", "random 50"} {
		s := tiny
		s.Policy, s.Epochs = policy, 1
		plan = append(plan, s)
	}
	return plan
}

// Two processes that run one sweep into one folder at the same time both end well, and leave each record once and whole,
// as one process would have written it.
func TestTwoProcessesShareAFolder(t *testing.T) {
	dir := t.TempDir()
	var programs [2]*exec.Cmd
	var printed [2]bytes.Buffer
	for i := range programs {
		programs[i] = exec.Command(os.Args[0])
		programs[i].Env = append(os.Environ(), sweepInto+"="+dir)
		programs[i].Stdout, programs[i].Stderr = &printed[i], &printed[i]
		if err := programs[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	plan := processPlan()
	for i, p := range programs {
		if err := p.Wait(); err != nil || printed[i].String() != fmt.Sprintln(len(plan), "records") {
			t.Errorf("process %d: %v\n%s", i, err, printed[i].Bytes())
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(plan) {
		t.Errorf("the folder holds %v (%v), want %d records", entries, err, len(plan))
	}
	for _, s := range plan {
		r, err := Recorded(dir, s)
		if err != nil || r == nil {
			t.Errorf("%v: %v", s, err)
			continue
		}
		alone, err := Run(context.Background(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(result(r), result(alone)) {
			t.Errorf("%v: the record is not that of a run by itself:\n%+v\n%+v", s, result(r), result(alone))
		}
	}
}
