/* SIGINT and SIGTERM for commands that want to end cleanly. */
#ifndef AKIN_CLI_INTERRUPT_H
#define AKIN_CLI_INTERRUPT_H

/* From now on the first signal is only noted, and the second ends the process
 * (the index survives that). */
void interrupt_catch(void);

/* The signal that came: 0, SIGINT or SIGTERM. The exit status is 128 + that. */
int interrupt_signal(void);

/* The signal is dealt with: none has come, and the next is noted again. */
void interrupt_forget(void);

#endif
