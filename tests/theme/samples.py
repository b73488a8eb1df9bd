"""Invented names and texts in three languages, for the views that the theme's tests render."""

Text = dict[str, str]

SITE_NAMES: Text = {
    "zh": "阿坝藏族羌族自治州人民政府",
    "en": "People's Government of Aba Tibetan and Qiang Autonomous Prefecture",
    "bo": "རྔ་བ་བོད་རིགས་ཆའང་རིགས་རང་སྐྱོང་ཁུལ་མི་དམངས་སྲིད་གཞུང་།",
}
SHORT_NAMES: Text = {"zh": "阿坝州", "en": "Aba Prefecture", "bo": "རྔ་བ་ཁུལ།"}

AUDIENCES: dict[str, Text] = {
    "public": {"zh": "公众", "en": "Residents", "bo": "མི་དམངས།"},
    "enterprises": {"zh": "企业", "en": "Enterprises", "bo": "ཁེ་ལས།"},
    "investors": {"zh": "投资者", "en": "Investors", "bo": "མ་འཇོག་པ།"},
    "tourists": {"zh": "游客", "en": "Visitors", "bo": "ཡུལ་སྐོར་བ།"},
}
TASKS: dict[str, list[Text]] = {
    "public": [
        {"zh": "办理户口登记", "en": "Register a household", "bo": "ཐེམ་ཐོ་འགོད་པ།"},
        {"zh": "查询医保报销", "en": "Claim medical insurance", "bo": "སྨན་བཅོས་འགན་བཅོལ།"},
        {"zh": "申请最低生活保障", "en": "Apply for the living allowance", "bo": "འཚོ་བའི་རོགས་སྐྱོར།"},
        {"zh": "查看公务员招考", "en": "See civil service posts", "bo": "ལས་བྱེད་འདེམས་བསྡུ།"},
        {"zh": "给州长写信", "en": "Write to the governor", "bo": "ཁུལ་གཙོར་འཕྲིན་འབྲི་བ།"},
    ],
    "enterprises": [
        {"zh": "开办企业", "en": "Start a business", "bo": "ཁེ་ལས་གསར་འཛུགས།"},
        {"zh": "查看政府采购公告", "en": "See procurement notices", "bo": "སྲིད་གཞུང་ཉོ་སྒྲུབ།"},
        {"zh": "下载申请表格", "en": "Download forms", "bo": "རེའུ་མིག་ཕབ་ལེན།"},
    ],
    "investors": [
        {"zh": "查看优惠政策", "en": "See preferential policies", "bo": "སྲིད་ཇུས་ལྟ་བ།"},
        {"zh": "查看招商项目", "en": "See investment projects", "bo": "ལས་གཞི་ལྟ་བ།"},
    ],
    "tourists": [
        {"zh": "查看景区开放时间", "en": "See opening times of scenic areas", "bo": "ཡུལ་ལྗོངས་ལྟ་བ།"},
        {"zh": "旅游投诉", "en": "Complain about a service", "bo": "ཡུལ་སྐོར་གཏུག་བཤེར།"},
    ],
}
COLUMNS: list[tuple[str, Text]] = [
    ("aba-today", {"zh": "今日阿坝", "en": "Aba Today", "bo": "དེ་རིང་གི་རྔ་བ།"}),
    ("news", {"zh": "新闻与公告", "en": "News and Notices", "bo": "གསར་འགྱུར་དང་བརྡ་ཐོ།"}),
    ("documents", {"zh": "政府文件", "en": "Government Documents", "bo": "སྲིད་གཞུང་ཡིག་ཆ།"}),
    (
        "policy-interpretation",
        {"zh": "政策解读", "en": "Policy Interpretation", "bo": "སྲིད་ཇུས་འགྲེལ་བཤད།"},
    ),
    (
        "budgets",
        {"zh": "财政预决算", "en": "Budgets and Final Accounts", "bo": "སྔོན་རྩིས་དང་མཇུག་རྩིས།"},
    ),
    (
        "procurement",
        {"zh": "政府采购", "en": "Government Procurement", "bo": "སྲིད་གཞུང་ཉོ་སྒྲུབ།"},
    ),
]
DESCRIPTION: Text = {
    "zh": "州人民政府及其办公室制发的规章、规范性文件和通知。",
    "en": "Rules, normative documents and notices made by the prefecture government and its office.",
    "bo": "ཁུལ་མི་དམངས་སྲིད་གཞུང་གིས་འགྲེམས་སྤེལ་བྱས་པའི་ཡིག་ཆ།",
}
ISSUER: Text = {
    "zh": "阿坝州人民政府办公室",
    "en": "General Office of the Prefecture Government",
    "bo": "ཁུལ་མི་དམངས་སྲིད་གཞུང་གཞུང་ལས་ཁང་།",
}
COUNTIES: list[Text] = [
    {"zh": "马尔康市", "en": "Barkam City", "bo": "འབར་ཁམས་གྲོང་ཁྱེར།"},
    {"zh": "九寨沟县", "en": "Jiuzhaigou County", "bo": "གཟི་རྩ་སྡེ་དགུ་རྫོང་།"},
    {"zh": "松潘县", "en": "Songpan County", "bo": "ཟུང་ཆུ་རྫོང་།"},
    {"zh": "若尔盖县", "en": "Zoigê County", "bo": "མཛོད་དགེ་རྫོང་།"},
]
TITLES: list[Text] = [
    {
        "zh": "阿坝州人民政府办公室关于印发《阿坝州城乡居民基本医疗保险实施办法》的通知",
        "en": "Notice on issuing the measures for basic medical insurance of residents",
        "bo": "གྲོང་གཞུང་སྡོད་དམངས་ཀྱི་གཞི་རྩའི་སྨན་བཅོས་འགན་བཅོལ་ལག་བསྟར་བྱ་ཐབས།",
    },
    {
        "zh": "关于开展草原生态保护补助奖励工作的通知",
        "en": "Notice on subsidies and rewards for the protection of grassland",
        "bo": "རྩྭ་ཐང་སྐྱེ་ཁམས་སྲུང་སྐྱོབ་ཀྱི་བརྡ་ཐོ།",
    },
    {
        "zh": "阿坝州高龄津贴发放办法",
        "en": "Measures for allowances of the aged",
        "bo": "ལོ་ན་མཐོ་བའི་རོགས་དངུལ་སྤྲོད་ཐབས།",
    },
    {
        "zh": "春季森林草原防火公告",
        "en": "Spring notice on fires in forest and grassland",
        "bo": "ནགས་ཚལ་དང་རྩྭ་ཐང་མེ་འགོག་གི་བརྡ་ཁྱབ།",
    },
]
STATES = ("in-force", "repealed", "amended", "")
HTML = {
    "zh": """<h2 id="a">第一章 总则</h2>
<p>第一条 为了规范全州城乡居民基本医疗保险工作，保障参保人员的合法权益，根据国家和省有关规定，结合本州实际，制定本办法。</p>
<p>第二条 城乡居民基本医疗保险坚持<strong>全覆盖、保基本、多层次、可持续</strong>的方针，详见<a href="/zh/documents/">政府文件</a>。</p>
<h2 id="b">第二章 筹资标准</h2>
<ol><li>个人缴费；</li><li>政府补助：<ul><li>中央；</li><li>省、州、县。</li></ul></li></ol>
<div class="table" tabindex="0" role="group" aria-label="表格"><table><thead><tr><th scope="col">年度</th>
<th scope="col">个人缴费（元）</th><th scope="col">政府补助（元）</th><th scope="col">合计（元）</th></tr></thead>
<tbody><tr><td>2025</td><td>400</td><td>700</td><td>1,100</td></tr>
<tr><td>2026</td><td>400</td><td>720</td><td>1,120</td></tr></tbody></table></div>
<h2 id="c">第三章 附则</h2><blockquote><p>本办法自 2026 年 4 月 1 日起施行。</p></blockquote>""",
    "en": """<h2 id="a">Chapter 1: General</h2>
<p>Article 1. These measures govern the basic medical insurance of residents in town and country
and protect the rights of the insured, in line with the rules of the state and the province.</p>
<p>Article 2. The insurance covers <strong>everyone</strong>, secures the basics and lasts; see the
<a href="/en/documents/">government documents</a>.</p><h2 id="b">Chapter 2: Contributions</h2>
<ol><li>Personal contributions;</li><li>subsidies:<ul><li>state;</li><li>province.</li></ul></li></ol>
<div class="table" tabindex="0" role="group" aria-label="Table"><table><thead><tr><th scope="col">Year</th>
<th scope="col">Personal (yuan)</th><th scope="col">Subsidy (yuan)</th><th scope="col">Total</th></tr></thead>
<tbody><tr><td>2025</td><td>400</td><td>700</td><td>1,100</td></tr></tbody></table></div>
<h2 id="c">Chapter 3: Final provisions</h2><blockquote><p>In force from 1 April 2026.</p></blockquote>""",
    "bo": """<h2 id="a">ལེའུ་དང་པོ། སྤྱི་ཁྱབ།</h2>
<p>ཁུལ་ཡོངས་ཀྱི་གྲོང་གཞུང་སྡོད་དམངས་ཀྱི་གཞི་རྩའི་སྨན་བཅོས་འགན་བཅོལ་གྱི་ལས་དོན་ཚད་ལྡན་དུ་གཏོང་བ་དང་། འགན་བཅོལ་ཞུགས་མཁན་གྱི་ཁྲིམས་མཐུན་ཁེ་དབང་འགན་སྲུང་བྱེད་པའི་ཆེད་དུ་བྱ་ཐབས་འདི་གཏན་འབེབས་བྱས།</p>
<h2 id="b">ལེའུ་གཉིས་པ། མ་དངུལ།</h2><ol><li>མི་སྒེར་གྱིས་སྤྲོད་པ།</li><li>སྲིད་གཞུང་གི་ཁ་གསབ།</li></ol>
<h2 id="c">ལེའུ་གསུམ་པ། ཟུར་བཀོད།</h2><p>2026ལོའི་ཟླ་4པའི་ཚེས་1ཉིན་ནས་ལག་བསྟར་བྱ།</p>""",
}
TOC = {
    "zh": ("第一章 总则", "第二章 筹资标准", "第三章 附则"),
    "en": ("Chapter 1: General", "Chapter 2: Contributions", "Chapter 3: Final provisions"),
    "bo": ("ལེའུ་དང་པོ།", "ལེའུ་གཉིས་པ།", "ལེའུ་གསུམ་པ།"),
}
CARD = {
    "zh": (
        "索引号",
        "主题分类",
        "发文机关",
        "成文日期",
        "发文字号",
        "发布日期",
        "施行日期",
        "有效性",
    ),
    "en": (
        "Index number",
        "Subject",
        "Issuer",
        "Date made",
        "Document number",
        "Date published",
        "Effective",
        "Validity",
    ),
    "bo": ("དཀར་ཆག", "བརྗོད་གཞི", "ལས་ཁུངས", "ཚེས་གྲངས", "ཡིག་ཨང", "འགྲེམས་སྤེལ", "ལག་བསྟར", "ནུས་པ"),
}
REPEALED: dict[str, tuple[str, str]] = {
    "zh": ("废止", "自 2026-06-01 起废止，不再适用。"),
    "en": ("Repealed", "No longer applies since 2026-06-01."),
    "bo": ("མེད་པར་བཟོས་ཟིན", "2026-06-01 ནས་མེད་པར་བཟོས་ཟིན།"),
}
