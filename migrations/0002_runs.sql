-- Runs: the driver's tables. Empty until its branch is merged, so that 0003 has its number.
SELECT 1;
