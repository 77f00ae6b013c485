-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.

create table bus.`monthly_sales` (
  `report_date` date not null,
  `sale_month` int not null,
  `sale_year` int not null,
  `monthly_sales` decimal(30,2) not null,
  `monthly_profit` decimal(30,2) not null,
  `currencies` bigint not null,
  primary key (`report_date`, `sale_year`, `sale_month`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'Sales and profit of each month of orders, as of each date; orders of unknown products are left out, and currencies are added up as they are.';

create table bus.`most_popular_products` (
  `report_date` date not null,
  `prod_id` bigint unsigned not null,
  `country` char(2) not null,
  primary key (`report_date`, `prod_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'What customers have ever ordered whose names logged in most from one country: that of the most different users in the log of the date.';

create table bus.`most_used_devices` (
  `report_date` date not null,
  `device` varchar(255) not null,
  `total_devices` bigint not null,
  primary key (`report_date`, `device`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'The five devices with the most visits in the log of each date.';

create table bus.`total_leads` (
  `report_date` date not null,
  `customer_id` bigint unsigned not null,
  `total_leads` bigint not null,
  primary key (`report_date`, `customer_id`)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin comment = 'How many orders of each customer came from a lead, as of each date.';
