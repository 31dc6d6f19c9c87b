"""The machine code that tells a node a wrong time, in place of the kernel's routines of the vDSO.

It asks the kernel and adds what the words in front of it say. These are kept twice, so that a
change becomes visible at once: the new values go to the slot that is not in use, and one write of
eight bytes, which says where the slot in use begins, turns it over. Values are nanoseconds; the
rate is a fraction of 2^32, counted from the base, so that a drifting clock never jumps.

    told = now + (now - base) * rate / 2^32 + offset
"""

from __future__ import annotations

LISTING = """
.intel_syntax noprefix
slot:     .quad 0
          .quad 0, 0, 0                    # base, rate, offset
          .quad 0, 0, 0
          .quad 0
clock_gettime:
          mov   eax, 228
          syscall
          test  eax, eax
          jnz   2f
          test  edi, edi                   # CLOCK_REALTIME
          jz    1f
          cmp   edi, 5                     # CLOCK_REALTIME_COARSE
          jne   2f
1:        imul  rax, [rsi], 1000000000
          add   rax, [rsi + 8]
          call  tell
          mov   [rsi], rax
          mov   [rsi + 8], rdx
          xor   eax, eax
2:        ret
gettimeofday:
          mov   eax, 96
          syscall
          test  eax, eax
          jnz   2f
          test  rdi, rdi
          jz    2f
          imul  rcx, [rdi + 8], 1000
          imul  rax, [rdi], 1000000000
          add   rax, rcx
          call  tell
          mov   [rdi], rax
          mov   rax, rdx
          xor   edx, edx
          mov   ecx, 1000
          div   rcx
          mov   [rdi + 8], rax
          xor   eax, eax
2:        ret
time:
          push  rdi
          sub   rsp, 16
          xor   edi, edi
          mov   rsi, rsp
          call  clock_gettime
          pop   rax
          pop   rdx
          pop   rdi
          test  rdi, rdi
          jz    2f
          mov   [rdi], rax
2:        ret
tell:                                      # rax: nanoseconds -> rax: seconds, rdx: nanoseconds
          lea   r8, [rip + slot]
          add   r8, [r8]
          mov   rcx, rax
          sub   rax, [r8 + 8]
          imul  qword ptr [r8 + 16]
          shrd  rax, rdx, 32
          add   rax, rcx
          add   rax, [r8 + 24]
          cqo
          mov   ecx, 1000000000
          idiv  rcx
          ret
"""
"""What CODE was assembled from; it uses no register that a called function has to preserve."""

CODE = bytes(64) + bytes.fromhex(
    "b8e40000000f0585c0752285ff740583ff05751948690600ca9a3b48034608e8"
    "630000004889064889560831c0c3b8600000000f0585c075324885ff742d4869"
    "4f08e803000048690700ca9a3b4801c8e8320000004889074889d031d2b9e803"
    "000048f7f14889470831c0c3574883ec1031ff4889e6e885ffffff585a5f4885"
    "ff7403488907c34c8d0532ffffff4d03004889c1492b400849f76810480facd0"
    "204801c8490340184899b900ca9a3b48f7f9c3"
)
ENTRIES = {"clock_gettime": 64, "gettimeofday": 110, "time": 172}
"""Where in CODE each routine begins."""
SLOT_BYTES = 24
