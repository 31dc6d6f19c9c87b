// Command porcupine judges one recorded history with Porcupine, to be set beside planc's checkers.
//
// Usage: porcupine SECONDS [MODEL [TIMES]] < HISTORY
//
// The model is a register, or one of those in containers.go. The history is judged once, or TIMES.
//
// Every line of the history is `process kind key value old call return`, all of them integers: kind
// 0 is a read of `value` (-1: nothing), 1 a write, 2 a cas from `old` to `value`, 3 one that
// answered that it found another value. A return of -1 means that the outcome is unknown; such an
// operation returns after all others. It prints one line each time: the verdict, the seconds by the
// clock, the seconds of processor time, and by how many MiB the memory that it holds grew at most.
package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/anishathalye/porcupine"
)

type input struct {
	kind, key, value, old int
}

type output struct {
	value   int
	unknown bool
}

var model = porcupine.Model{
	Partition: byKey,
	Init:      func() interface{} { return -1 },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		asked, answer := in.(input), out.(output)
		switch asked.kind {
		case 0:
			return answer.value == state.(int), state
		case 1:
			return true, asked.value
		}
		if asked.kind == 3 {
			return state.(int) != asked.old, state
		}
		if state.(int) == asked.old {
			return true, asked.value
		}
		return answer.unknown, state
	},
}

func main() {
	limit, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	if len(os.Args) > 2 && os.Args[2] != "register" {
		model = containers[os.Args[2]]
	}
	times := 1
	if len(os.Args) > 3 {
		if times, err = strconv.Atoi(os.Args[3]); err != nil {
			panic(err)
		}
	}
	history := read()
	for ; times > 0; times-- {
		forget()
		before, began, used := memory(), time.Now(), processor()
		result := porcupine.CheckOperationsTimeout(model, history, time.Duration(limit)*time.Second)
		fmt.Printf("%s %.6f %.6f %d\n", result, time.Since(began).Seconds(), processor()-used, memory()-before)
	}
}

func read() []porcupine.Operation {
	var history []porcupine.Operation
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var told [7]int
		for place, word := range strings.Fields(lines.Text()) {
			number, err := strconv.Atoi(word)
			if err != nil {
				panic(err)
			}
			told[place] = number
		}
		process, kind, key, value, old := told[0], told[1], told[2], told[3], told[4]
		call, end := int64(told[5]), int64(told[6])
		unknown := end < 0
		if unknown {
			end = math.MaxInt64
		}
		history = append(history, porcupine.Operation{
			ClientId: process,
			Input:    input{kind, key, value, old},
			Call:     call,
			Output:   output{value, unknown},
			Return:   end,
		})
	}
	return history
}

func processor() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

// forget sets the high-water mark of the memory back to what is held now.
func forget() {
	runtime.GC()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		panic(err)
	}
}

// memory returns the largest resident set since then, in MiB.
func memory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	for _, line := range strings.Split(string(status), "\n") {
		var kibibytes int64
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kibibytes); err == nil {
			return kibibytes / 1024
		}
	}
	return 0
}
