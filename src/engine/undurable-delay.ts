/** Seconds that a source stays after its rows were committed where a crash of the server can lose commits: far more than any server holds back. */
export const undurableDelay = 3_600;
export const undurableDelayText = 'an hour';
