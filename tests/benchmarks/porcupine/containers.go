package main

import "github.com/anishathalye/porcupine"

// A take is of kind 0 and returns `value` (-1: nothing), a put of kind 1 puts it in. Of a set, kind 0
// looks for the element `value` and found it if `old` is 1; 1 adds it and 2 removes it.
var containers = map[string]porcupine.Model{
	"queue": container(queue{}),
	"stack": container((*stack)(nil)),
	"set":   set,
}

// A state never changes: each step makes a new one that shares what it can, so that neither a step
// nor a comparison takes longer the more is inside.
type state interface {
	put(value int) state
	take() (value int, rest state)
	same(other state) bool
}

func container(empty state) porcupine.Model {
	return porcupine.Model{
		Partition: byKey,
		Init:      func() interface{} { return empty },
		Step: func(before, in, out interface{}) (bool, interface{}) {
			asked, answer := in.(input), out.(output)
			if asked.kind == 1 {
				return true, before.(state).put(asked.value)
			}
			value, rest := before.(state).take()
			return answer.unknown || value == answer.value, rest
		},
		Equal: func(one, other interface{}) bool { return one.(state).same(other.(state)) },
	}
}

type stack struct {
	value, size int
	below       *stack
	hash        uint64
}

func (top *stack) put(value int) state {
	made := &stack{value: value, below: top, size: 1, hash: mix(uint64(value))}
	if top != nil {
		made.size, made.hash = top.size+1, mix(top.hash^uint64(value))
	}
	return made
}

func (top *stack) take() (int, state) {
	if top == nil {
		return -1, top
	}
	return top.value, top.below
}

func (top *stack) same(other state) bool {
	one := other.(*stack)
	return top == one || (top != nil && one != nil && top.size == one.size && top.hash == one.hash)
}

// A queue is two stacks: what came in, and what goes out next in the order of going.
type queue struct {
	in, out    *stack
	head, tail uint64
	hash       uint64
}

func (all queue) put(value int) state {
	all.in, _ = all.in.put(value).(*stack)
	all.hash += mix(uint64(value) ^ mix(all.tail))
	all.tail++
	return all
}

func (all queue) take() (int, state) {
	if all.out == nil {
		for ; all.in != nil; all.in = all.in.below {
			all.out, _ = all.out.put(all.in.value).(*stack)
		}
	}
	if all.out == nil {
		return -1, all
	}
	value := all.out.value
	all.out = all.out.below
	all.hash -= mix(uint64(value) ^ mix(all.head))
	all.head++
	return value, all
}

func (all queue) same(other state) bool {
	one := other.(queue)
	return all.head == one.head && all.tail == one.tail && all.hash == one.hash
}

func mix(number uint64) uint64 {
	number = (number ^ number>>30) * 0xbf58476d1ce4e5b9
	number = (number ^ number>>27) * 0x94d049bb133111eb
	return number ^ number>>31
}

var set = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		return partition(history, func(asked input) [2]int { return [2]int{asked.key, asked.value} })
	},
	Init: func() interface{} { return false },
	Step: func(before, in, out interface{}) (bool, interface{}) {
		switch asked := in.(input); asked.kind {
		case 0:
			return before.(bool) == (asked.old == 1), before
		case 1:
			return true, true
		}
		return true, false
	},
}

func byKey(history []porcupine.Operation) [][]porcupine.Operation {
	return partition(history, func(asked input) [2]int { return [2]int{asked.key, 0} })
}

func partition(history []porcupine.Operation, object func(input) [2]int) [][]porcupine.Operation {
	parted := map[[2]int][]porcupine.Operation{}
	for _, operation := range history {
		key := object(operation.Input.(input))
		parted[key] = append(parted[key], operation)
	}
	parts := make([][]porcupine.Operation, 0, len(parted))
	for _, part := range parted {
		parts = append(parts, part)
	}
	return parts
}
