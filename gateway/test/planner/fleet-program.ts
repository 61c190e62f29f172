// A program with a planner fleet, for tests that kill it. Prints the planners' process ids.
import { PlannerFleet } from '../../src/operations/planner-fleet.js';
import { endlessOperation, mazeSdl } from './planner-fixtures.js';

const fleet = new PlannerFleet({ deadlineMs: 60_000 });
const planner = await fleet.planner(mazeSdl);
if (process.argv[2] === 'endless') {
  void planner.plan(endlessOperation, null);
  void planner.plan(`${endlessOperation} # in the other process too`, null);
  // Answered by neither, so both have begun when a third operation still waits.
  await new Promise((resolve) => setTimeout(resolve, 200));
}
console.log(JSON.stringify(fleet.pids));
