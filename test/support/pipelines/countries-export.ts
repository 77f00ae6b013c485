/** An export by date of the mart bus.by_country, which the test brings. */
export const countriesExport = `-- export: countries
-- Users of each country, as of each date.
-- format: csv
-- to: report=countries/{date}/part-00000.csv
-- after: bus.by_country

-- columns
country varchar(20)
users bigint

-- rows
select country, users from bus.by_country where report_date = {date} order by users desc, country
`;
