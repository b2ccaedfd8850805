"""Exercise kinds, exercises and their revisions, quizzes, attempts, answers."""
