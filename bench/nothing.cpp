// The shortest program: what is left of its run's time is the init's and the kernel's.

int main() {}
