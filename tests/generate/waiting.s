# A thread that waits for a mutex, as glibc 2.36 leaves its stack: no frame of lll_lock_wait's own, so that the
# CFI says CFA = rsp + 8, and the frame pointer is that of a caller further out.
        .text
        .globl _start, want_lock, pthread_mutex_lock, lll_lock_wait
        .type lll_lock_wait, @function
lll_lock_wait:
        .cfi_startproc
        movl $202, %eax
        syscall
waits:  ret
        .cfi_endproc
        .size lll_lock_wait, . - lll_lock_wait
        .type pthread_mutex_lock, @function
pthread_mutex_lock:
        .cfi_startproc
        subq $8, %rsp
        .cfi_adjust_cfa_offset 8
        call lll_lock_wait
locked: addq $8, %rsp
        .cfi_adjust_cfa_offset -8
        ret
        .cfi_endproc
        .size pthread_mutex_lock, . - pthread_mutex_lock
        .type want_lock, @function
want_lock:
        .cfi_startproc
        pushq %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq %rsp, %rbp
        .cfi_def_cfa_register %rbp
        call pthread_mutex_lock
wanted: popq %rbp
        .cfi_def_cfa %rsp, 8
        ret
        .cfi_endproc
        .size want_lock, . - want_lock
        .type _start, @function
_start:
        .cfi_startproc
        .cfi_undefined %rip
        call want_lock
began:  hlt
        .cfi_endproc
        .size _start, . - _start
