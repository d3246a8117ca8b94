# An exception that is being thrown, at the last instruction of libgcc's _Unwind_Resume: the stack is the
# catcher's already, the place to go on at stands in a register, and what the CFI says of others is over. The
# instruction before that place has another frame.
        .text
        .globl _start, catches, throws
        .type throws, @function
throws:
        .cfi_startproc
        pushq %rbx
        .cfi_def_cfa_offset 16
        .cfi_offset %rbx, -16
        popq %rcx
        .cfi_def_cfa_offset 0
        .cfi_register %rip, %rcx
leaves: jmp *%rcx
        .cfi_endproc
        .size throws, . - throws
        .type catches, @function
catches:
        .cfi_startproc
        pushq %rbx
        .cfi_def_cfa_offset 16
        .cfi_offset %rbx, -16
        leaq -16(%rbx), %rsp
        .cfi_def_cfa %rbx, 16
        call throws
        movq %rbx, %rsp
        .cfi_def_cfa %rsp, 16
        popq %rbx
        .cfi_def_cfa_offset 8
        ret
lands:  .cfi_def_cfa %rbx, 16
        .cfi_offset %rbx, -16
        movq %rbx, %rsp
        .cfi_def_cfa %rsp, 16
        popq %rbx
        .cfi_def_cfa_offset 8
        ret
        .cfi_endproc
        .size catches, . - catches
        .type _start, @function
_start:
        .cfi_startproc
        .cfi_undefined %rip
        call catches
began:  hlt
        .cfi_endproc
        .size _start, . - _start
