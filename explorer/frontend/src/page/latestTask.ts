// Runs one task at a time; of those that come meanwhile only the latest.

type Task = () => Promise<unknown>;

export class LatestTask {
  private running = false;
  private next: Task | null = null;

  /** Run a task, now or after the current one; tasks must not fail. */
  run(task: Task): void {
    this.next = task;
    if (!this.running) void this.work();
  }

  private async work(): Promise<void> {
    this.running = true;
    for (let task = this.next; task; task = this.next) {
      this.next = null;
      await task();
    }
    this.running = false;
  }
}
